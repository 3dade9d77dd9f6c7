"""Device IDs are written as Syncthing writes them."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.syncthing.agent import identity as module
from syncproof_products.syncthing.agent.identity import device_id, identity


def test_check_digits_are_those_of_syncthing() -> None:
    """Its own example, in lib/protocol/deviceid_test.go."""
    plain = "P56IOI7MZJNU2IQGDREYDM2MGTMGL3BXNPQ6W5BTBBZ4TJXZWICQ"
    assert module._checked(plain) == "P56IOI7-MZJNU2Y-IQGDREY-DM2MGTI-MGL3BXN-PQ6W5BM-TBBZ4TJ-XZWICQ2"


@given(st.text(min_size=1, max_size=40))
def test_a_name_has_one_identity(name: str) -> None:
    made = identity(name)
    identity.cache_clear()
    assert identity(name) == made
    assert re.fullmatch(r"([A-Z2-7]{7}-){7}[A-Z2-7]{7}", made.device_id)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_no_two_names_share_one(one: str, other: str) -> None:
    assert (identity(one).device_id == identity(other).device_id) == (one == other)


def test_the_key_is_that_of_the_certificate() -> None:
    made = identity("Alice")
    certificate = x509.load_pem_x509_certificate(made.certificate)
    key = load_pem_private_key(made.key, None)
    assert certificate.public_key() == key.public_key()
    assert device_id(certificate.public_bytes(Encoding.DER)) == made.device_id
