"""A real nginx with the files of deploy/nginx, on ports and in folders of a test's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.rig.child import die_with_parent
from tests.rig.programs import MORE_FOLDERS, NotHere, type_as_root
from tests.rig.tree import CHECKOUT

DOMAIN = "dvc.example.gov.vn"
AROUND = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/motcua/motcua.conf;
    include {folder}/motcua/motcua-office.conf;
}}
"""


def nginx_program() -> Path:
    """nginx; Errors: NotHere with the one line to type."""
    folders = os.pathsep.join((os.environ.get("PATH", ""), *MORE_FOLDERS))
    found = shutil.which("nginx", path=folders)
    if found is None:
        line = type_as_root("apt-get install -y --no-install-recommends nginx-light")
        raise NotHere(f"no nginx here; type: {line}")
    return Path(found)


@contextmanager
def running(main: Path) -> Iterator[None]:
    """nginx with this file, until the test is done with it.

    It writes its titles over its environment, so tests.rig.child could not find it again.
    """
    command = [str(nginx_program()), "-p", str(main.parent), "-c", str(main)]
    with (main.parent / "said.log").open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, preexec_fn=die_with_parent
        )
    try:
        yield
    finally:
        process.terminate()  # the master ends its workers
        process.wait(10)


def configured(folder: Path, web: int, ports: dict[str, int]) -> Path:
    """Our files as they are shipped, but for paths and ports; the file that includes them.

    Both servers stand in one nginx here, so the second does not include the limits again.
    """
    replaced = {
        "/etc/nginx/motcua": f"{folder}/motcua",
        "/var/log/nginx": str(folder),
        "/var/cache/nginx": f"{folder}/cache",
        "/var/www/motcua": f"{folder}/www",
        f"/etc/letsencrypt/live/{DOMAIN}": f"{folder}/tls",
        "server 127.0.0.1:8000": f"server 127.0.0.1:{web}",
        **{f"listen {old}": f"listen 127.0.0.1:{new}" for old, new in ports.items()},
    }
    for one in ("motcua", "cache"):
        (folder / one).mkdir()
    for source in (CHECKOUT / "deploy" / "nginx").glob("*.conf"):
        text = source.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if "listen [::]" not in line]
        text = "\n".join(lines)
        if source.name == "motcua-office.conf":
            text = text.replace("include /etc/nginx/motcua/limits.conf;", "")
        for old, new in replaced.items():
            text = text.replace(old, new)
        (folder / "motcua" / source.name).write_text(text, encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(folder=folder, user=getuser()), encoding="utf-8")
    return main


def certify(folder: Path) -> Path:
    """A certificate of our domain, signed by itself; where it lies."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    place = folder / "tls"
    place.mkdir()
    (place / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (place / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return place / "fullchain.pem"
