"""People are never stored: a customer is a keyed hash, personal columns are left behind.

A column is personal by its header, a cell by what it looks like: an e-mail address, a Chinese
mobile number, an identity number whose check digit fits, a street address. Names can be told by the
header only.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.text import mask

_PERSONAL = re.compile(
    r"姓名|收货人|收件人|联系人|客户地址|收货地址|详细地址|街道|电话|手机|邮箱|邮政编码|邮编|身份证"
    r"|证件号|买家会员名|微信号|支付宝账号|下单帐号|留言|(?<!客服)昵称|发票抬头|纳税人|开户银行|银行账号"
    r"|单位地址|导购员账号|名称[(（]个人"
    r"|e-?mail|phone|\baddress|street|(billing|shipping) (name|company|city|zip)|customer name"
    r"|first name|last name|(recipient|receiver|consignee|buyer) name|\bmobile (no|number)"
    r"|passport|\bid card|identity number|\bnotes?\b|note attributes|\bbuyer\b"
    r"|^customer( description)?$|ship[ -](name|city|zip|postal)|card (name|last4|address)",
    re.IGNORECASE,
)
_MASKED = re.compile(r"\*|##|\$\$|•|●|[xX]{3,}|＊")
KEY_LENGTH = 32

# A quick look that leaves out nearly every cell; what it finds is looked at closely.
_HINT = (
    r"@|1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4}|[路街巷弄道村].{0,12}\d+ ?[号弄栋幢室]"
    r"|\d[A-Za-z]? .*(Street|St|Avenue|Ave|Road|Rd|Lane|Drive|Boulevard|Blvd)\b"
)
_HINT_ID = r"@|[1-9]\d{5}(19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})(?![\d.])")
_MOBILE_IN_URL = re.compile(r"(phone|mobile|tel)=(\+?86)?1[3-9]\d{9}(?!\d)", re.IGNORECASE)
_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?!\d)")
_STREET_ZH = re.compile(r"[省市区县镇乡].{1,24}[路街巷弄道村].{0,12}\d+ ?[号弄栋幢室]")
_STREET_EN = re.compile(
    r"(?<!\S)\d{1,5}[A-Za-z]? (?:[A-Z][\w'.-]* ){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Drive|Boulevard|Blvd)\b(?!\w)"
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_personal(header: str) -> bool:
    """Whether a column's name says that it holds something about a person."""
    return _PERSONAL.search(header) is not None


def looks_personal(values: pa.Array, *, ids: bool = False) -> np.ndarray:
    """Which texts hold an e-mail address, a mobile or identity number, or a street address.

    Parameters
    ----------
    values : string array, best of distinct values.
    ids : the texts are ids. Of those only e-mail addresses and identity numbers count: an order or
        product may have any number of eleven digits.

    Returns
    -------
    bool array

    Notes
    -----
    Identity numbers are checked by GB 11643-1999: the last of 18 digits follows from the others.
    """
    found = np.zeros(len(values), dtype=bool)
    hinted = mask(pc.match_substring_regex(values, _HINT_ID if ids else f"{_HINT}|{_HINT_ID}"))
    for place in np.flatnonzero(hinted):
        found[place] = _is_about_a_person(values[int(place)].as_py(), ids=ids)
    return found


def _is_about_a_person(text: str, *, ids: bool) -> bool:
    if _EMAIL.search(text) or any(map(_check_digit_fits, _IDENTITY.findall(text))):
        return True
    if ids:
        return False
    if "/" in text and " " not in text:  # of an address on the web the digits are its own
        return _MOBILE_IN_URL.search(text) is not None
    return any(kind.search(text) for kind in (_MOBILE, _STREET_ZH, _STREET_EN))


def _check_digit_fits(number: str) -> bool:
    total = sum(
        weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, number[:17], strict=True)
    )
    return "10X98765432"[total % 11] == number[17].upper()


def customer_keys(ids: pa.Array, *, platform: str, secret: bytes) -> pa.Array:
    """Turn buyer ids into keys that can't be turned back.

    Parameters
    ----------
    ids : string array
        Nick, e-mail, phone or number, trimmed. Masked values (``1******98``, ``张**``) and
        ciphers identify nobody and become null.
    platform : str
        The same id on two platforms is two customers.
    secret : bytes
        The team's key for HMAC-SHA256.

    Returns
    -------
    string array
        32 hexadecimal digits (128 bits) a row, null where there is no usable id.
    """
    encoded = ids.dictionary_encode()
    prefix = f"{platform}|"

    def key(value: str | None) -> str | None:
        if value is None or not value.strip() or _MASKED.search(value):
            return None
        text = (prefix + value.strip().casefold()).encode()
        return hmac.digest(secret, text, hashlib.sha256).hex()[:KEY_LENGTH]

    hashed = pa.array([key(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return hashed.take(encoded.indices)
