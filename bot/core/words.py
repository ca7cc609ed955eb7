"""The words citizens write, folded (lower case, no diacritics), and what each stands for."""

# One idea per key; its phrases are whole words in this order, wherever they stand in the text.
IDEAS: dict[str, str] = {
    "human": "can bo, nhan vien, nguoi that, tu van vien, chuyen vien, cong chuc, tong dai vien, "
    "tong dai, admin, ad, nguoi truc, lanh dao, phu trach, mot nguoi, ai do",
    "reach": "gap, noi chuyen, trao doi, chat voi, lien he, ket noi, chuyen cho, goi, nhan tin "
    "voi, cho toi gap, can gap, muon gap",
    "handover": "gapcanbo, gap can bo, gap nhan vien, gap nguoi that, tu van vien, lien he can bo, "
    "can bo ho tro, nhan vien ho tro, khieu nai, phan anh",
    "came": "toi den nhung, toi den ma, toi den roi, toi den lay, toi den nhan, da den lay, da den "
    "nhan, da den noi, den roi ma, den roi nhung, den noi, den lay, den nhan, len lay, len nhan, "
    "ra lay, ra nhan, xuong lay, di lay, toi noi, toi lay, da toi lay, da len, len roi, "
    "den mot cua, den bo phan mot cua",
    "nothing": "chua co, khong co, ko co, chua xong, chua thay, khong thay, chua nhan duoc, khong "
    "nhan duoc, khong duoc nhan, bao chua co, noi chua co, chua tra",
    "forget": "xoa thong tin, xoa du lieu, xoa het thong tin, xoa het du lieu, xoa tai khoan, "
    "xoa so dien thoai, xoa sdt, xoa moi thong tin, rut dong y, rut lai dong y, "
    "rut lai su dong y, huy dong y, xoathongtin, delete my data",
    "news_stop": "thoi nhan ban tin, ngung nhan ban tin, dung nhan ban tin, huy ban tin, huy nhan "
    "ban tin, khong nhan ban tin, khong muon nhan ban tin, ko nhan ban tin, thoi ban tin, tat ban "
    "tin, tu choi ban tin, thoi nhan thong bao chung, khong nhan thong bao chung, ngung nhan thong "
    "bao chung, tat thong bao chung, thoibantin",
    "news": "nhan ban tin, nhan lai ban tin, muon nhan ban tin, dang ky ban tin, bat ban tin, nhan "
    "thong bao chung, nhanbantin",
    "stop": "stop, unsubscribe, thoi theo doi, huy theo doi, bo theo doi, ngung theo doi, "
    "dung theo doi, khong theo doi, ko theo doi, thoi nhan tin, huy nhan tin, ngung nhan tin, "
    "dung nhan tin, khong nhan tin, ko nhan tin, tu choi nhan tin, khong muon nhan tin, "
    "dung gui tin, ngung gui tin, dung gui tin nhan, dung nhan nua, khong nhan nua, "
    "thoi nhan thong bao, huy nhan thong bao, ngung nhan thong bao, dung nhan thong bao, "
    "khong nhan thong bao, khong muon nhan thong bao, tat thong bao, huy thong bao, huy dang ky, "
    "thoi dung gui, dung nhan tin nua, bo nhan tin, thoitheodoi, huytheodoi",
    "data": "du lieu cua toi, du lieu cua minh, du lieu ve toi, thong tin cua toi, "
    "thong tin ca nhan, du lieu ca nhan, luu gi ve toi, luu gi cua toi, "
    "quyen rieng tu, dulieucuatoi",
    "mine": "ho so cua toi, hs cua toi, ho so cua minh, hs cua minh, ho so cua em, ho so cua con, "
    "ho so cua chau, ho so cua chung toi, ho so toi, danh sach ho so, cac ho so, ds ho so, "
    "hosocuatoi, ho so dang theo doi",
    "follow": "theo doi, dang ky nhan tin, dang ky nhan thong bao, nhan thong bao, nhan tin bao, "
    "bao cho toi, bao tin cho toi, muon nhan tin, bat thong bao, theodoi",
    "code": "ma so, ma bien nhan, ma ho so, ma hs, ma so bien nhan, ma so ho so, so bien nhan, "
    "so ho so, so hs, ma tra cuu, ma nhan, maso, mahoso, mabiennhan, bien nhan, giay hen, "
    "phieu hen, giay bien nhan, giay tiep nhan, phieu bien nhan, giay hen tra, bien lai, qr, "
    "ma qr, giayhen, biennhan",
    "where": "o dau, cho nao, nam dau, nam o, dau vay, la gi, the nao, nhu nao, lam sao, sao biet, "
    "khong thay, ko thay, khong biet, ko biet, khong co, ko co, chua co, quen, mat, lam mat, tim, "
    "lay dau, xem dau, huong dan, chi giup, doc, vi du, dong nao, goc nao",
    "lookup": "tra cuu, tracuu, tra hs, tra ho so, tra ma, tra giup, kiem tra, kiemtra, ktra, "
    "kt ho so, kt hs, check, xem ho so, xem hs, tinh trang, tien do, ket qua, kq, trang thai, "
    "xong chua, co chua, toi dau roi, den dau roi, den dau, toi dau, bao gio co, khi nao co, "
    "khi nao xong, bao gio xong, chua thay, tre hen, qua han, hoi ho so, hoi hs, tim ho so, "
    "lay ket qua, da nop, ho so, hoso, hs, tra cuu hs",
    "help": "tro giup, trogiup, giup, giup do, giup toi, help, huong dan, huongdan, hd, menu, "
    "ho tro, hotro, bat dau, start, cach dung, cach su dung, su dung the nao, chuc nang, "
    "lam duoc gi, lam sao, hoi gi, co the hoi gi, tu van",
    "thanks": "cam on, camon, cam onn, thanks, thank, thank you, thanh kiu, tks, thks, thk, "
    "tot qua, hay qua",
    "greeting": "xin chao, xinchao, chao, hello, helo, hallo, hi, hii, hey, alo, a lo, aloo, "
    "good morning, kinh chao, chao buoi sang",
}

# The first line whose ideas are all there decides.
RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("HANDOVER", ("handover",)),
    ("HANDOVER", ("reach", "human")),
    ("COMPLAINT", ("came", "nothing")),
    ("FORGET", ("forget",)),
    ("NEWS_STOP", ("news_stop",)),
    ("STOP", ("stop",)),
    ("NEWS", ("news",)),
    ("MY_DATA", ("data",)),
    ("MY_DOSSIERS", ("mine",)),
    ("SLIP_HELP", ("code", "where")),
    ("FOLLOW", ("follow",)),
    ("LOOKUP", ("lookup",)),
    ("SLIP_HELP", ("code",)),
    ("HELP", ("help",)),
    ("THANKS", ("thanks",)),
    ("GREETING", ("greeting",)),
)

# Too short or too ambiguous to count inside a sentence ("thôi", but also "thời").
WHOLE: dict[str, str] = {
    "thoi": "STOP",
    "dung lai": "STOP",
    "huy bo": "STOP",
    "ngung": "STOP",
    "ngung lai": "STOP",
    "ket thuc": "END_TALK",
    "ket thuc trao doi": "END_TALK",
    "ket thuc tro chuyen": "END_TALK",
    "ket thuc noi chuyen": "END_TALK",
    "ket thuc cuoc tro chuyen": "END_TALK",
    "thoi trao doi": "END_TALK",
    "dung trao doi": "END_TALK",
    "gap": "HANDOVER",
    "can bo": "HANDOVER",
    "nhan vien": "HANDOVER",
    "tong dai": "HANDOVER",
    "ma": "SLIP_HELP",
    "ma dau": "SLIP_HELP",
    "tra": "LOOKUP",
    "kt": "LOOKUP",
    "mckh": "LOOKUP",
    "mchk": "LOOKUP",
    "hoi": "HELP",
    "cho hoi": "HELP",
    "cho toi hoi": "HELP",
    "ok": "THANKS",
    "oke": "THANKS",
    "okie": "THANKS",
    "okay": "THANKS",
    "vang": "THANKS",
    "da": "THANKS",
    "da vang": "THANKS",
    "duoc roi": "THANKS",
    "chao ban": "GREETING",
}

# Particles that change nothing, taken off the end of a text before WHOLE is asked.
_LISTED = "a ah ak nhe nha nhi oi voi ban em anh chi ad di vay the shop page"
PARTICLES = frozenset(_LISTED.split())

# What our buttons and the page's menu send after "#", letters only.
PAYLOADS: dict[str, str] = {
    "": "HELP",
    "tracuu": "LOOKUP",
    "tracuuhoso": "LOOKUP",
    "trogiup": "HELP",
    "menu": "HELP",
    "batdau": "HELP",
    "huongdan": "SLIP_HELP",
    "gapcanbo": "HANDOVER",
    "chuaco": "COMPLAINT",
    "ketthuc": "END_TALK",
    "hosocuatoi": "MY_DOSSIERS",
    "dulieucuatoi": "MY_DATA",
    "theodoi": "FOLLOW",
    "thoi": "STOP",
    "thoitheodoi": "STOP",
    "thoibantin": "NEWS_STOP",
    "nhanbantin": "NEWS",
    "xoathongtin": "FORGET",
    "goso": "RECLAIM",
}
