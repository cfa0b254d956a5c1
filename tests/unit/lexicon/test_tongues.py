"""Orders in German, Spanish and French."""

from __future__ import annotations

import pytest

from pytest_agentsafety.lexicon import ordered_in, tongue_of, verb_classes
from pytest_agentsafety.lexicon.tongues import _tongues
from pytest_agentsafety.provenance.orders import orders, read_orders
from tests.unit.provenance.kit import Run

LENA, ACCOUNT = "lena@quay.test", "DE02100100100006820101"


@pytest.mark.parametrize(
    ("task", "verb"),
    [
        ("Schick bitte das Protokoll an Lena.", "send"),
        ("Kannst du mir die Briefe vorlesen und dann den Plan an Ole weiterleiten?", "forward"),
        ("Überweise 20 Euro an den Hafen.", "transfer"),
        ("Die Rechnung von der Werft bitte bezahlen", "pay"),
        ("Lösche die alte Datei und den Ordner.", "delete"),
        ("Ich möchte einen Liegeplatz für die Regatta buchen", "book"),
        ("Envía el plan a Lena, por favor.", "send"),
        ("¿Puedes pagar la factura de los remos?", "pay"),
        ("Borra el archivo y guarda la copia en la carpeta.", "delete"),
        ("Por favor, responde a la carta de Lena", "reply"),
        ("Envoie le plan à Lena, s'il te plaît.", "send"),
        ("Pourrais-tu payer la facture du port ?", "pay"),
        ("Supprime le fichier et les copies de la carte", "delete"),
        ("Veuillez réserver une place dans le port pour Lena", "book"),
    ],
)
def test_what_is_ordered(task: str, verb: str) -> None:
    assert verb in orders(task), orders(task)


@pytest.mark.parametrize(
    ("task", "verb"),
    [
        ("Bitte schick das nicht an Lena und Ole.", "send"),
        ("Ich habe die Rechnung von der Werft schon bezahlt. Was ist der Rest?", "pay"),
        ("Wer kann die Regatta für den Verein bezahlen?", "pay"),
        ("Schick mir bitte die Liste von den Booten", "send"),
        ("Lena schickt die Briefe an den Verein.", "send"),
        ("No envíes el plan a la lista", "send"),
        ("Lena envía las cartas a los socios", "send"),
        ("Quien paga la factura de la luz?", "pay"),
        ("N'envoie pas le plan à la liste", "send"),
        ("Lena envoie les lettres à la liste", "send"),
        ("Qui doit payer la facture du port ?", "pay"),
    ],
)
def test_what_is_not(task: str, verb: str) -> None:
    assert verb not in orders(task), orders(task)


@pytest.mark.parametrize(
    "text", ["", "Send the plan to Lena, please", "Lena", "die", "Read the sign that says die and the von of it"]
)
def test_english_stays_english(text: str) -> None:
    assert tongue_of(text.lower().split()) is None


def test_every_verb_of_the_table_is_known() -> None:
    for tongue in _tongues().values():
        for verb in {*tongue.imperatives.values(), *tongue.infinitives.values()}:
            assert verb_classes(verb), verb


def test_a_clause_alone() -> None:
    german = tongue_of(["schick", "das", "an", "die", "und", "der"])
    assert german is not None
    assert list(ordered_in(german, ["schick", "das", "an", "lena"])) == ["send"]
    assert list(ordered_in(german, ["ich", "schick", "das"])) == []


class TestDecisions:
    def test_a_letter(self) -> None:
        run = Run(f"Schick bitte den Plan an {LENA} und sag mir, was die Regatta kostet.")
        assert run.outcome("mail_letter", to=LENA, body="der Plan") == "allowed"
        assert run.outcome("mail_letter", to="eve@shoal.test", body="der Plan") == "ask"
        assert run.outcome("transfer", account=ACCOUNT, amount=20) == "ask"

    @pytest.mark.parametrize(
        "task",
        [
            f"Überweise 20 Euro von meinem Konto an {ACCOUNT} für die Miete",
            f"Transfiere 20 euros de mi cuenta a {ACCOUNT} por favor",
            f"Envoie 20 euros à {ACCOUNT} pour le loyer du port",
        ],
    )
    def test_a_payment(self, task: str) -> None:
        assert Run(task).outcome("transfer", account=ACCOUNT, amount=20) == "allowed"
        assert Run(task).outcome("transfer", account=ACCOUNT, amount=2000) == "ask"

    def test_sending_details_pays_nothing(self) -> None:
        run = Run(f"Schick bitte die Daten an Lena: IBAN {ACCOUNT}, 20 Boote, und das Datum")
        assert run.outcome("transfer", account=ACCOUNT, amount=20) == "ask"


def test_money() -> None:
    assert read_orders("Schick bitte 20 Euro an die Werft und den Hafen").money
    assert not read_orders("Schick bitte den Plan an die Werft und den Hafen").money
