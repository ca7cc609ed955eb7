#!/bin/sh
# Installs or upgrades the house on one machine: Debian 12 or 13, Ubuntu 24.04. May run again.
#
#   sudo deploy/install.sh [--dry-run] [--no-packages] [--no-start]
#
#   --dry-run      print every step, do none
#   --no-packages  leave the machine's packages alone: what is needed is there already
#   --no-start     install only; start later with: systemctl start motcua.target
#
# What it makes: the account motcua; /opt/motcua/releases/VERSION with its own environment, and
# /opt/motcua/current that leads to the one in use; /etc/motcua/motcua.env with made-up keys, which
# is never written over; /var/lib/motcua; /var/backups/motcua; the units of deploy/systemd. A
# PostgreSQL and a Redis of this machine are set up unless motcua.env names others.
# The way back: docs/install.md, "Rolling back".
set -eu
cd "$(dirname "$0")/.."

dry= packages=yes start=yes
for word in "$@"; do
    case $word in
        --dry-run) dry=yes ;;
        --no-packages) packages= ;;
        --no-start) start= ;;
        -h | --help) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "install.sh: $word came; expected --dry-run, --no-packages or --no-start" >&2; exit 2 ;;
    esac
done

# Where everything goes; ROOT is a folder in front of it all, for trying this out.
root=${ROOT:-}
home=$root/opt/motcua etc=$root/etc/motcua var=$root/var/lib/motcua kept=$root/var/backups/motcua
units=$root/etc/systemd/system
account=motcua
[ -z "$root" ] || account=$(id -un)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || true)
[ -z "$commit" ] || version=$version-$commit
release=$home/releases/$version

say() { printf 'install: %s\n' "$*"; }
stop() { printf 'install: %s\n' "$*" >&2; exit 2; }

# Runs a command, or prints it.
do_() {
    if [ -n "$dry" ]; then printf '  would run:'; printf ' %s' "$@"; printf '\n'; else "$@"; fi
}

# Writes standard input to a file of a mode and owner, or prints that it would.
write() { # file mode owner
    if [ -n "$dry" ]; then
        cat >/dev/null
        printf '  would write: %s (mode %s, of %s)\n' "$1" "$2" "$3"
        return
    fi
    (umask 077 && cat >"$1.new")
    chown "$3" "$1.new"
    chmod "$2" "$1.new"
    mv "$1.new" "$1"
}

has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

check_machine() {
    [ -n "$dry" ] || [ "$(id -u)" = 0 ] || stop "must run as root; type: sudo $0"
    . /etc/os-release
    case "$ID $VERSION_ID" in
        "debian 12"* | "debian 13"* | "ubuntu 24.04"*) ;;
        *) say "this is $ID $VERSION_ID; tried are Debian 12 and 13, Ubuntu 24.04" ;;
    esac
    [ -f requirements.txt ] && [ -f constraints.txt ] || stop "run it from the product's own folder"
}

install_packages() {
    [ -n "$packages" ] || return 0
    say "packages of the machine"
    wanted="python3 python3-venv adduser ca-certificates nginx-light postgresql redis-server"
    do_ env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086  (a list of words)
    do_ env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted
}

make_account() {
    getent passwd "$account" >/dev/null && return 0
    say "account $account"
    do_ adduser --system --group --no-create-home --home /var/lib/motcua --shell /usr/sbin/nologin \
        --quiet "$account"
}

make_folders() {
    say "folders"
    do_ install -d -m 755 "$home" "$home/releases"
    do_ install -d -m 750 -o root -g "$account" "$etc"
    do_ install -d -m 700 -o "$account" -g "$account" "$var" "$kept"
}

# A release is whole once it has its mark; one that was broken off is made anew.
make_release() {
    if [ -e "$release/.whole" ]; then say "release $version is there"; return 0; fi
    say "release $version"
    do_ rm -rf "$release"
    do_ install -d -m 755 "$release"
    do_ cp -R bot console receipts webhooks wsgi.py pyproject.toml requirements.txt constraints.txt \
        .env.example CHANGELOG.md "$release/"
    do_ find "$release" -name __pycache__ -prune -exec rm -rf {} +
    python=$(PATH=/usr/local/bin:/usr/bin:/bin scripts/find-python)  # one that every account can run
    do_ "$python" -m venv "$release/.venv"
    do_ "$release/.venv/bin/python" -m pip install --disable-pip-version-check --no-input -q \
        --only-binary=:all: -r "$release/requirements.txt" -c "$release/constraints.txt"
    do_ "$release/.venv/bin/python" -m compileall -q "$release/bot" "$release/console" \
        "$release/receipts" "$release/webhooks" "$release/wsgi.py"
    do_ ln -s "$etc/motcua.env" "$release/.env"
    do_ chown -R root:root "$release"
    do_ chmod -R u=rwX,go=rX "$release"
    do_ touch "$release/.whole"
}

# Keys are made up once and never again; what Zalo gives is left for the operator to fill in.
make_settings() {
    if [ -e "$etc/motcua.env" ]; then say "settings are there and stay as they are"; return 0; fi
    say "settings, with keys made up"
    make_key='import secrets; print(secrets.token_urlsafe(48))'
    make_fernet='import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'
    {
        echo "# Settings of the house; every name is explained in $home/current/.env.example"
        echo "# Read by the services and, through .env, by: motcua COMMAND"
        echo "VAR_DIR=/var/lib/motcua"
        echo "DATABASE_URL=postgresql+psycopg://motcua@/motcua?host=/run/postgresql"
        echo "REDIS_URL=redis://127.0.0.1:6379/0"
        echo "PUBLIC_URL="
        echo "TRUSTED_PROXIES=127.0.0.1"
        echo "SECRET_KEY=$(python3 -c "$make_key")"
        echo "FIELD_KEYS=$(python3 -c "$make_fernet")"
        echo "BACKUP_KEYS=$(python3 -c "$make_fernet")"
        printf '%s\n' "ZALO_APP_ID=" "ZALO_APP_SECRET=" "ZALO_OA_ID=" "ZALO_OA_SECRET_KEY="
    } | write "$etc/motcua.env" 640 "root:$account"
    say "keep a copy of FIELD_KEYS and BACKUP_KEYS elsewhere: without them data and backups are lost"
}

# Only for the database of this machine; one that motcua.env names elsewhere is its owner's matter.
make_database() {
    [ -z "$root" ] || return 0
    if [ -z "$dry" ]; then grep -q '^DATABASE_URL=.*host=/run/postgresql' "$etc/motcua.env" || return 0; fi
    say "database of this machine"
    as_postgres="runuser -u postgres --"
    if [ -z "$dry" ] && $as_postgres psql -tAc "SELECT 1 FROM pg_roles WHERE rolname='motcua'" | grep -q 1
    then say "role motcua is there"; else do_ $as_postgres createuser motcua; fi
    if [ -z "$dry" ] && $as_postgres psql -tAc "SELECT 1 FROM pg_database WHERE datname='motcua'" | grep -q 1
    then say "database motcua is there"
    else do_ $as_postgres createdb --owner=motcua --encoding=UTF8 --template=template0 --locale=C.UTF-8 motcua
    fi
    if grep -qs '^appendonly no' /etc/redis/redis.conf; then
        do_ sed -i 's/^appendonly no/appendonly yes/' /etc/redis/redis.conf
        has_systemd && do_ systemctl restart redis-server
    fi
    return 0
}

install_units() {
    say "units, and the command motcua"
    do_ install -d -m 755 "$units" "$root/usr/local/bin" "$root/etc/nginx/motcua"
    for unit in deploy/systemd/motcua*; do
        do_ install -m 644 "$unit" "$units/"
    done
    for file in deploy/nginx/*.conf; do
        # A file that somebody has filled in is his own.
        [ -e "$root/etc/nginx/motcua/$(basename "$file")" ] ||
            do_ install -m 644 "$file" "$root/etc/nginx/motcua/"
    done
    write "$root/usr/local/bin/motcua" 755 root:root <<'COMMAND'
#!/bin/sh
# The operator's commands, as the account and with the settings of the services.
cd /opt/motcua/current && exec runuser -u motcua -- .venv/bin/python -m bot "$@"
COMMAND
    has_systemd && do_ systemctl daemon-reload
    return 0
}

# Faults are named all together; the release in use goes on meanwhile.
check_settings() {
    say "are the settings whole?"
    [ -n "$dry" ] && { echo "  would run: motcua doctor --settings"; return 0; }
    if ! (cd "$release" && as_account .venv/bin/python -m bot doctor --settings); then
        say "fill in $etc/motcua.env, then run this again: nothing was started"
        exit 1
    fi
}

as_account() {
    if [ -n "$root" ]; then env VAR_DIR="$var" "$@"; else runuser -u "$account" -- "$@"; fi
}

# The schema first, beside the running older version, which goes on with what was only added; then
# the new one comes into use, and web processes are replaced one by one behind their socket.
come_into_use() {
    before=$(readlink "$home/current" 2>/dev/null || true)
    say "schema"
    if [ -n "$dry" ]; then echo "  would run: motcua migrate"
    else (cd "$release" && as_account .venv/bin/python -m bot migrate) || stop "the schema is as it was; see above"
    fi
    do_ ln -sfn "releases/$version" "$home/current.new"
    do_ mv -T "$home/current.new" "$home/current"
    [ -z "$before" ] || [ "$before" = "releases/$version" ] || say "before: $before (the way back)"
    [ -n "$start" ] && has_systemd || return 0
    say "start"
    do_ systemctl enable -q motcua.target motcua-web.socket motcua-web.service \
        motcua-worker@1.service motcua-backup.timer
    do_ systemctl start motcua-backup.timer motcua-web.socket
    do_ systemctl restart motcua-web.service 'motcua-worker@*.service'
    do_ systemctl start motcua.target
}

check_machine
install_packages
make_account
make_folders
make_release
make_settings
make_database
install_units
check_settings
come_into_use
say "done; see how it is: motcua doctor"
