"""Numbers of bank accounts: what can be right, and what is shown of one."""

import pytest

from core import accounts
from core.model import Refusal


@pytest.mark.parametrize(("number", "seen"), [
    ("DE89370400440532013000", "•••• 3000"), ("DE89 3704 0044 0532 0130 00", "•••• 3000"), ("12345678", "•••• 5678"),
    ("1234567", "•••• "), ("", None), (None, None),
])
def test_a_number_shows_its_last_four_characters_and_a_short_one_nothing(number: str | None, seen: str | None) -> None:
    assert accounts.masked(number) == seen


@pytest.mark.parametrize(("text", "seen"), [
    ("zoe@shop.example", "zoe@shop.example"), ("99 Main St, 10001", "99 Main St, 10001"), ("000123", "•••• "),
    ("12 34 56 78", "•••• 5678"), ("acct 12-3456-789", "•••• -789"),
])
def test_a_text_that_may_be_an_account_is_masked(text: str, seen: str) -> None:
    assert accounts.shown(text) == seen


def test_a_well_formed_number_is_written_without_blanks_in_capitals() -> None:
    assert accounts.iban("de89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert accounts.bic("cobadeffxxx") == "COBADEFFXXX"
    assert accounts.routing(" 021000021 ") == "021000021"


@pytest.mark.parametrize(("iban", "bic", "is_possible"), [
    ("DE89370400440532013000", "COBADEFFXXX", True), ("DE89370400440532013000", "PSSTFRPPXXX", False),
    ("TR330006100519786457841326", "COBADEFFXXX", False), ("FR1420041010050500013M02606", "PSSTREPPXXX", True),
    ("GB33BUKB20201555555555", "BUKBJESHXXX", True), ("GB33BUKB20201555555555", "COBADEFFXXX", False),
    ("MC5811222000010123456789030", "PSSTFRPPXXX", True),
])
def test_a_bank_holds_accounts_of_its_country_and_of_what_belongs_to_it(iban: str, bic: str, is_possible: bool) -> None:
    iban, bic = accounts.iban(iban), accounts.bic(bic)
    if is_possible:
        accounts.refuse_other_country(iban, bic)
    else:
        with pytest.raises(Refusal, match=f"The IBAN is one of {iban[:2]} and the BIC one of {bic[4:6]}"):
            accounts.refuse_other_country(iban, bic)


@pytest.mark.parametrize(("check", "text"), [
    (accounts.iban, "DE89370400440532013001"), (accounts.iban, ""), (accounts.iban, "XX89370400440532013000"),
    (accounts.bic, "COBA"), (accounts.routing, "021000020"), (accounts.routing, "02100002"),
    (accounts.routing, "\u0660" * 9),
])
def test_what_cannot_be_one_is_refused_without_being_repeated(check, text: str) -> None:
    with pytest.raises(Refusal, match="Compare it") as refused:
        check(text)
    assert not text or text not in str(refused.value)
