"""Encodings: what the bytes can tell is told, and what they cannot is asked."""

import pytest

from core.intake.formats import Question
from core.model import Refusal


def lines(*names):
    return "name,company\n" + "".join(f"{name},Acme\n" for name in names)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    "names",
    [["Müller", "Jürgen Groß"], ["José Núñez", "Peña", "Málaga"], ["François Lefèvre", "Benoît", "Orléans", "Nîmes"],
     ["João Simões", "São Paulo", "Conceição"], ["Søren Ærø", "Århus", "Bjørn"], ["Zoë", "Renée"], ["Nicolò", "caffè"],
     ["Núria Solé"], ["Seán Ó Briain"], ["Mäkelä", "Åsa Öberg"]],
)
def test_western_names_are_told(read, names, encoding):
    table = read(lines(*names).encode(encoding))
    assert table.cells["name"].to_list() == names
    assert table.read_as["encoding"] == "windows-1252"


def test_the_signs_of_windows_are_told(read):
    names = ["“Acme” – 5 €", "O’Brien", "Müller™", "… · «Söhne»", "¿Qué?", "§ 5", "20°", "Nº 5"]
    assert read(lines(*names).encode("cp1252")).cells["name"].to_list() == names


@pytest.mark.parametrize(
    ("names", "encoding"),
    [(["Иван Петров", "Анна"], "cp1251"), (["Γιώργος", "Αθήνα"], "cp1253"), (["Dvořák", "Plzeň"], "cp1250"),
     (["Łukasz Wójcik", "Łódź"], "cp1250"), (["Kovačič", "Zupančič"], "cp1250"), (["Erdős", "Kőműves", "Győr"], "cp1250"),
     (["Ayşe Yılmaz", "Eskişehir"], "cp1254"), (["Müller", "Groß"], "mac-roman"), (["Müller", "Groß"], "cp850"),
     (["Poznań", "Gdańsk"], "cp1250"), (["Petrović"], "cp1250"), (["山田太郎"], "shift-jis"), (["王小明"], "gbk"),
     (["Þórður Sigurðsson"], "cp1252")],
)
def test_what_the_bytes_cannot_tell_is_asked_and_read_as_answered(read, names, encoding):
    content = lines(*names).encode(encoding)
    with pytest.raises(Question) as question:
        read(content)
    [need] = question.value.needs
    assert need["column"] == "_encoding" and len(question.value.sha256) == 64
    answers = [read(content, _encoding=choice).cells["name"].to_list() for choice in need["choices"]]
    assert names in answers, need["choices"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["Ann", "Müller", "Иван", "王小明", "🙂"])
def test_unicode_is_told_with_and_without_a_mark(read, encoding, name):
    assert read(lines(name, name).encode(encoding)).cells["name"].to_list() == [name, name]


@pytest.mark.parametrize(
    ("content", "line"),
    [(lines("Müller").encode() + b"Gro" + b"\xc3", 3), (lines("Müller", "Groß").encode() + b"B\xff,x\n", 4),
     (lines("Jürgen").encode("utf-16")[:-1], 2), (b"\xef\xbb\xbf" + lines("Ann").encode() + b"\xe9\n", 3)],
)
def test_a_file_that_is_damaged_or_cut_off_is_refused_with_its_line(read, content, line):
    with pytest.raises(Refusal, match=f"line {line} holds bytes that are no character"):
        read(content)


@pytest.mark.parametrize("named", ["klingon", "", "rot13", "base64", "unicode_escape", "idna", 5, "undefined", "a\0b"])
def test_an_encoding_that_is_none_is_refused(read, named):
    with pytest.raises(Refusal, match="There is no encoding"):
        read(lines("Иван").encode("cp1251"), _encoding=named)


def test_an_answer_that_does_not_fit_is_refused(read):
    with pytest.raises(Refusal, match="cannot be read as utf-8"):
        read(lines("Müller").encode("cp1252"), _encoding="UTF8")
