"""The characters of a text file: which encoding its bytes are in, and the same text as UTF-8.

Called by the text formats of this room. Where the bytes alone cannot tell, it asks; it never replaces a character.
"""

import codecs
import io
import re
from collections.abc import Iterator

import charset_normalizer

from core.intake.formats.limits import MIB
from core.intake.formats.table import SAVE_AS_CSV, Question
from core.model import Refusal

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
         (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
"""Byte order marks, the longer before those they begin with."""

SAMPLE_BYTES = 64 * 1024
WESTERN = "windows-1252"
OTHERS = ("windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1257", "mac-roman", "cp850")
"""Single-byte encodings that are offered beside what charset-normalizer finds."""

_NAMES = {"cp932": "shift-jis", **{f"cp{page}": f"windows-{page}" for page in range(1250, 1259)}}
_TRANSFORMS = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7")
"""Encodings of Python that no file of another system is in."""

_ALPHABETS = [
    frozenset(letters)
    for letters in (
        "äöüß", "àâæçéèêëîïôœùûü", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíòóùú", "éèëïóöüá", "åäöéü", "æøåéüöä",
        "àçéèíïóòúü", "áéíóú",
    )
]
"""Letters beyond a-z of the languages whose files are nearly always Windows-1252 where they are not Unicode: German,
French, Spanish, Portuguese, Italian, Dutch, Swedish and Finnish, Danish and Norwegian, Catalan, Irish."""

_END = re.compile(rb"[\r\n]|\Z")
_WORD = re.compile(r"[^\W\d_]+")
_NO_WORD = re.compile(
    r"[^\W\d_][^\w\s!-~’‘´·®™©–—“”«»\xa0\xad…•][^\W\d_]"  # a sign inside a word
    r"|[£¥][^\W\d_]|[^\W\d_]{2}[³¹¿¼¾]|[^\W\d_][ªº][^\W\d_]"  # letters of Central Europe, read as signs
    r"|õ(?!e)|è[aeiou]|ã(?![oesn]|\b)|ñ(?![aeiouáéíóúü])|æ\b"  # letters where no Western language puts them
)


def as_utf_8(content: bytes, name: str, answer: object) -> tuple[bytes, str]:
    """A text file's bytes as UTF-8 without a mark, and the name of the encoding they were in.

    answer: the encoding that somebody named for it, else None. Raises Question where it cannot be told and Refusal
    where it is no text, the encoding named is none, or the text cannot be read in it.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _converted(content, len(mark), encoding, name), encoding
    if answer is not None:
        encoding = _named(answer)
        return _converted(content, 0, encoding, name), encoding
    encoding = _wide(content, name) if b"\0" in content[:SAMPLE_BYTES] else None
    if encoding is None:
        try:
            return _converted(content, 0, "utf-8", name), "utf-8"
        except Refusal as damaged:
            encoding = _single_byte(content, name, damaged)
    return _converted(content, 0, encoding, name), encoding


def _named(answer: object) -> str:
    try:
        found = codecs.lookup(str(answer).strip())
        is_text = found._is_text_encoding and found.name.replace("_", "-") not in _TRANSFORMS
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise Refusal(f'There is no encoding {str(answer)[:80]!r}; one is named as in "windows-1252" or "utf-8".')
    return _NAMES.get(found.name, found.name.replace("_", "-"))


def _converted(content: bytes, start: int, encoding: str, name: str) -> bytes:
    """The text from a byte on; bytes that are UTF-8 already are only checked."""
    out = io.BytesIO() if encoding != "utf-8" else None
    lines = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece, is_last in _pieces(content, start):
            text = decoder.decode(piece, is_last)
            lines += text.count("\n")
            if out:
                out.write(text.encode())
    except UnicodeError as error:  # the line: as far as was read, and what stands before the byte in this piece
        if isinstance(error, UnicodeDecodeError):
            lines += error.object[:error.start].decode(encoding, "ignore").count("\n")
        raise Refusal(f"{name} cannot be read as {encoding}: line {lines} holds bytes that are no character, so it is "
                      f"damaged, cut off or in another encoding. {SAVE_AS_CSV}") from error
    return out.getvalue() if out else (content[start:] if start else content)


def _pieces(content: bytes, start: int) -> Iterator[tuple[memoryview, bool]]:
    view = memoryview(content)
    for begins in range(start, max(len(view), start + 1), MIB):
        yield view[begins:begins + MIB], begins + MIB >= len(view)


def _single_byte(content: bytes, name: str, damaged: Refusal) -> str:
    """The encoding of a text that is not UTF-8. damaged: what is raised where it plainly was meant to be."""
    wrong, right = _not_utf_8(content)
    if right >= wrong:
        raise damaged
    controls = sum(content[:SAMPLE_BYTES].count(byte) for byte in (*range(9), *range(14, 27), *range(28, 32)))
    if controls * 50 > len(content[:SAMPLE_BYTES]):
        raise Refusal(f"{name} is not a text file. {SAVE_AS_CSV}")
    sample = _sample(content)
    if _reads_western(sample):
        return WESTERN
    raise Question(f"The encoding of {name} cannot be told from its bytes.", "_encoding", _choices(sample))


def _wide(content: bytes, name: str) -> str | None:
    """UTF-16 without a mark: line ends, delimiters and Latin letters have a zero byte on one side only."""
    sample = content[:SAMPLE_BYTES]
    little, big = sample[1::2].count(0), sample[::2].count(0)
    if len(content) % 2 or max(little, big) * 50 < len(sample):
        return None
    possible = []
    for encoding, zeros in (("utf-16-le", little), ("utf-16-be", big)):
        text = sample[:len(sample) // 2 * 2].decode(encoding, "replace")
        ends = sum(map(text.count, ",;\t\n\r"))
        if ends and zeros and not re.search(r"[\0-\x08\x0e-\x1f\ud800-\udfff\ufffd]", text[:-1]):
            possible.append((zeros, encoding))
    possible.sort(reverse=True)
    if len(possible) == 2 and possible[0][0] < 4 * possible[1][0]:
        raise Question(f"Whether {name} is UTF-16 of one byte order or the other cannot be told from its bytes.",
                       "_encoding", [encoding for _, encoding in possible])
    return possible[0][1] if possible else None


def _not_utf_8(content: bytes) -> tuple[int, int]:
    """How many bytes are wrong in UTF-8, and how many characters of several bytes are right; enough to compare."""
    wrong = right = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece, is_last in _pieces(content, 0):
        text = decoder.decode(piece, is_last)
        if not text.isascii():
            escaped = len(re.findall(r"[\udc80-\udcff]", text))
            wrong, right = wrong + escaped, right + len(re.findall(r"[^\0-\x7f]", text)) - escaped
        if wrong > right + 10_000:
            break
    return wrong, right


def _sample(content: bytes) -> bytes:
    """The lines that hold bytes beyond ASCII, as far as they are needed to tell what those are."""
    lines: list[bytes] = []
    place, length = 0, 0
    while length < SAMPLE_BYTES and (found := re.compile(rb"[\x80-\xff]").search(content, place)):
        begins = max(place, *(content.rfind(end, place, found.start()) + 1 for end in (b"\n", b"\r")))
        place = _END.search(content, found.end()).start()
        lines.append(content[begins:place][:SAMPLE_BYTES])
        length += len(lines[-1])
    return b"\n".join(lines)


def _reads_western(sample: bytes) -> bool:
    """Whether every word reads as one of a Western language in Windows-1252, so that nothing else is meant."""
    try:
        text = sample.decode(WESTERN).lower()
    except UnicodeDecodeError:
        return False
    return not _NO_WORD.search(text) and all(_is_western(word) for word in set(_WORD.findall(text)))


def _is_western(word: str) -> bool:
    beyond = {letter for letter in word if not letter.isascii()} - {"ª", "º"}
    if not beyond:
        return True
    is_all_beyond = len(word) > 1 and not any(letter.isascii() for letter in word)
    return not is_all_beyond and not re.search(r"[^\0-\x7f]{3}", word) and any(beyond <= some for some in _ALPHABETS)


def _choices(sample: bytes) -> list[str]:
    """Encodings in which a sample can be read, the likeliest first."""
    found = [_NAMES.get(match.encoding, match.encoding.replace("_", "-"))
             for match in charset_normalizer.from_bytes(sample[:8 * 1024])]
    choices = [encoding for encoding in dict.fromkeys([*found[:6], *OTHERS]) if _can_be_read(sample, encoding)]
    # Every byte is a character in Latin-1, so there is always something to choose.
    return [*choices, *(encoding for encoding in (WESTERN, "iso8859-1") if encoding not in choices
                        and _can_be_read(sample, encoding))]


def _can_be_read(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeError:
        return False
    return True
