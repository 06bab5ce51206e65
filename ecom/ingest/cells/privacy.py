"""People are never stored: a customer is a keyed hash, personal columns are left behind."""

from __future__ import annotations

import hashlib
import hmac
import re

import pyarrow as pa

_PERSONAL = re.compile(
    r"姓名|收货人|收件人|联系人|客户地址|收货地址|详细地址|街道|电话|手机|邮箱|邮政编码|身份证|买家会员名"
    r"|支付宝账号|下单帐号|留言|昵称|发票抬头|纳税人|开户银行|银行账号|单位地址|导购员账号"
    r"|e-?mail|phone|\baddress|street|(billing|shipping) (name|company|city|zip)|customer name"
    r"|first name|last name|\bnotes?\b|note attributes|\bbuyer\b|^customer( description)?$"
    r"|ship[ -](name|city|zip|postal)|card (name|last4|address)",
    re.IGNORECASE,
)
_MASKED = re.compile(r"\*|##|\$\$|•|●|[xX]{3,}|＊")
KEY_LENGTH = 32


def is_personal(header: str) -> bool:
    """Whether a column's name says that it holds something about a person."""
    return _PERSONAL.search(header) is not None


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
