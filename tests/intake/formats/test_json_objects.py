"""JSON in its three shapes: one object a line, one list, one object with a list in it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.intake.formats import Question
from core.model import Refusal

ANN, BO = {"name": "Ann", "id": 1}, {"name": "Bo", "id": 2}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"name": "Ann", "id": 1}\n{"name": "Bo", "id": 2}\n', "JSON Lines"),
        ('\ufeff{"name": "Ann", "id": 1}\r\n\r\n{"name": "Bo", "id": 2}', "JSON Lines"),
        (json.dumps([ANN, BO]), "JSON list"),
        (json.dumps([ANN, BO], indent=2), "JSON list"),
        (json.dumps({"results": [ANN, BO]}), "JSON object"),
        (json.dumps({"total": 2, "paging": {"next": None}, "results": [ANN, BO], "tags": ["a"]}, indent=2), "JSON object"),
        (json.dumps({"data": {"leads": {"items": [ANN, BO]}}}), "JSON object"),
    ],
)
def test_every_shape_gives_the_same_rows(read, content, kind):
    table = read(content, name="leads.csv")
    assert table.cells.to_dicts() == [{"name": "Ann", "id": "1"}, {"name": "Bo", "id": "2"}]
    assert table.read_as["format"] == kind and not table.has_header


def test_of_several_lists_one_is_asked_for(read):
    content = json.dumps({"leads": [ANN], "old": {"contacts": [BO]}})
    with pytest.raises(Question) as question:
        read(content)
    assert question.value.needs == [{"column": "_sheet", "choices": ["leads", "old.contacts"]}]
    assert read(content, _sheet="old.contacts").cells["name"].to_list() == ["Bo"]
    for answer in ("x", ["leads"], {"leads": 1}, 5):
        with pytest.raises(Refusal, match="has no list"):
            read(content, _sheet=answer)


def test_values_keep_their_spelling(read):
    table = read('{"id": 12345678901234567890, "x": 1.50, "big": 1e400, "yes": true, "none": null, "list": [1, "a", null], '
                 '"in": {"side": "b", "deep": {"er": 1}}, "objects": [{"é": 1}]}\n')
    assert table.cells.to_dicts() == [{
        "id": "12345678901234567890", "x": "1.50", "big": "1e400", "yes": "true", "none": "", "list": "1;a;",
        "in.side": "b", "in.deep": '{"er": "1"}', "objects": '[{"é": "1"}]',
    }] or table.read_as["list"] == "objects"


@pytest.mark.parametrize(
    ("line", "fault", "column"),
    [("Bo", "is not JSON", None), ("[1]", "is not a JSON object", None), ('{"id": "\\ud800"}', "holds a NUL", "id"),
     ('{"id": "a\\u0000b"}', "holds a NUL", "id"), ('{"id": 1, "id": 2}', "names 'id' twice", None),
     ('{"a.b": 1, "a": {"b": 2}}', "is named twice", "a.b"), ("[" * 100_000, "nested too deeply", None),
     ('{"id": "' + "x" * 5_000_000 + '"}', "more than 1,000,000 characters", "id"), ('{"id": 2', "is not JSON", None)],
)
def test_a_broken_line_is_a_fault_of_its_row_alone(read, line, fault, column):
    table = read(f'{{"id": 1, "a.b": 3}}\n\n{line}\n{{"id": 3}}\n')
    assert fault in table.faults[1] and table.faults.null_count() == 2
    assert table.fault_columns[1] == column
    assert table.numbers.to_list() == [1, 3, 4]


@pytest.mark.parametrize(
    ("content", "says"),
    [("[]", "is empty"), ("{}", "holds no JSON object"), ("[{}]", "holds no JSON object"), ("[{", "from line 1 on"),
     ('[{"a": 1},\n{"a": 2}', "from line 2 on"), ('[{"a": 1}\n{"a": 2}]', "from line 2 on"), ('[{"a": 1}] x', "from line 1 on"),
     ('{"results": [\n{"a": 1},\n{"a"', "from line 3 on"), ('[{"a": 1},]', "from line 1 on"), ('{\n"a": 1,\n', "not JSON from line")],
)
def test_json_without_objects_or_cut_off_is_refused(read, content, says):
    with pytest.raises(Refusal, match=says):
        read(content)


def test_a_header_in_brackets_is_no_json(read):
    assert read("[name],[email]\nAnn,a@acme.com\n").cells.columns == ["[name]", "[email]"]


def test_more_names_than_a_table_may_have_are_refused(read):
    lines = "".join(json.dumps({f"c{row}_{place}": 1 for place in range(300)}) + "\n" for row in range(7))
    with pytest.raises(Refusal, match="more than 2,000 columns"):
        read(lines)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(
    st.sampled_from(["name", "e-mail", "größe", "x y"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1), min_size=1, max_size=6),
    st.sampled_from(["lines", "list", "object"]), st.booleans())
def test_any_objects_come_back_whole(read, objects, shape, is_ascii):
    if shape == "lines":
        content = "\n".join(json.dumps(part, ensure_ascii=is_ascii) for part in objects)
    else:
        content = json.dumps(objects if shape == "list" else {"results": objects}, ensure_ascii=is_ascii)
    table = read(content)
    assert table.faults.null_count() == len(objects)
    assert [{key: cell for key, cell in row.items() if cell} for row in table.cells.to_dicts()] == [
        {key: cell for key, cell in part.items() if cell} for part in objects]
