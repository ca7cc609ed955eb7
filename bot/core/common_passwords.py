"""Passwords that everybody tries first: words, rows of keys, and what is made of them."""

import re
import unicodedata

# What lists of leaked passwords are made of, unaccented. A password is common when nothing is
# left of it after these, digits and marks are taken away: "Matkhau@2026matkhau" as "password1".
_LISTED = """
password passw0rd p4ssword p4ssw0rd pa55word passphrase matkhau matkhaucuatoi matkhaumoi matma
khongcho khongbiet quenmatkhau doimatkhau taikhoan dangnhap nguoidung quantri quantrivien
quantrihethong hethong maychu maytinh congty coquan vanphong canbo congchuc vienchuc
motcua bophanmotcua dichvucong hanhchinh hanhchinhcong uyban ubnd ubndtinh uybannhandan
sothongtin thongtin truyenthong khanhhoa nhatrang hanoi saigon hochiminh tphcm danang haiphong
cantho hue vietnam vietnamvodich toiyeuvietnam tienquan doclap tudo hanhphuc
doclaptudohanhphuc conghoa conghoaxahoichunghiavietnam
admin administrator adm1n root superuser user username guest test tester testing demo default
login logon signin welcome changeme changeit letmein temp temporary secret master manager
system server database oracle mysql postgres microsoft windows office internet google facebook
zalo zalooa youtube samsung iphone apple nokia computer laptop
qwerty qwertyuiop qwert qwer azerty asdfghjkl asdfgh asdfg asdf zxcvbnm zxcvb zxcv
qazwsxedc qazwsx qaz wsx edc rfv tgb yhn ujm 1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm
1q2w3e4r5t6y7u8i9o0p 1q2w3e4r5t6y7u 1q2w3e4r5t6y 1q2w3e4r5t 1q2w3e4r 1q2w3e
q1w2e3r4t5y6 q1w2e3r4t5 q1w2e3r4 q1w2e3
zaq1 xsw2 cde3 vfr4 bgt5 nhy6 abcd abc xyz abcdef abcdefgh aaaa bbbb xxxx zzzz
iloveyou iloveu ilove loveyou love lovely anhyeuem emyeuanh toiyeuem yeuem yeuanh anhyeu
yeumotnguoi tinhyeu tinhyeucuatoi nhoem nhoanh vochong chongyeu voyeu conyeu boyeu meyeu
giadinh giadinhtoi congai contrai concuabome babe baby honey sweetheart princess angel
sunshine monkey dragon tiger lion eagle football soccer bongda baseball basketball superman
batman spiderman pokemon naruto starwars shadow hello helloworld xinchao chaoban hoctro
hocsinh sinhvien thaygiao cogiao daihoc truonghoc lophoc
ngaymai hanoimua mua xuan muaxuan muahe muathu muadong tetnguyendan chucmungnammoi
thang nam ngay thangmot thanggieng
"""
_DIGITS = re.compile(r"[0-9]+")
WORDS = frozenset(_LISTED.split())
_LONGEST = max(len(word) for word in WORDS)


def folded(text: str) -> str:
    """A text without accents, marks and blanks, in lower case: how leaked lists write it."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in apart if letter.isascii() and letter.isalnum())


def is_common(password: str) -> bool:
    """Whether a password is made of nothing but common words and digits.

    Shape: a text of other letters alone is folded to nothing, and is not common.
    """
    plain = folded(password)
    reached = {0}
    for place in range(len(plain)):
        if place in reached:
            reached |= {place + length for length in _steps(plain, place)}
    return bool(plain) and len(plain) in reached


def _steps(plain: str, place: int) -> set[int]:
    """How far one can go from here: over a run of digits, or a word."""
    words = range(1, min(_LONGEST, len(plain) - place) + 1)
    found = {length for length in words if plain[place : place + length] in WORDS}
    digits = _DIGITS.match(plain, place)
    return found | ({digits.end() - place} if digits else set())
