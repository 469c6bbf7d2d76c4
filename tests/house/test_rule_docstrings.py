"""Everything public is documented, and every number that goes in or comes out has a unit in words.

What counts as a unit: a bracket that starts with one (``[V vs Li/Li+]``, ``[kg/m2]``) or says SI, the range
``0 to 1``, or the words dimensionless, no unit, unit unchanged, SI. What counts as a number: an annotation
with float, an array type or a quantity type of ``alloycell.quantities``. Whole numbers are counts.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

import pytest
from source_tree import Documented, Function, Module, nothing_wrong

ARRAYS = {"float", "Number", "FloatArray", "ArrayLike", "NDArray", "float64", "floating"}
WHOLE = {"bool_", "intp", "int_", "int64"}
SYMBOL = (
    "m|cm|mm|um|nm|m2|cm2|m3|cm3|L|mL|g|kg|mg|ug|mol|umol|mmol|C|Ah|mAh|uAh|V|mV|J|kJ|Wh|kWh|W|mW|A|mA|S|mS|K"
    "|degC|s|h|min|Hz|Pa|kPa|MPa|GPa|N|ohm|bytes|%|at%|wt%|deg|px|Li"
)
BRACKET = re.compile(rf"\[(?:(?:{SYMBOL})(?![A-Za-z0-9%])[^\]]*|[^\]]*\bSI\b[^\]]*|unit of[^\]]*)\]")
WORDS = re.compile(r"(?i:\b(?:dimensionless|no units?|without units?|unit unchanged|0 to 1)\b)|\bSI\b")


def has_unit(text: str) -> bool:
    """Whether ``text`` names a unit or says that there is none."""
    return bool(BRACKET.search(text) or WORDS.search(text))


def mentions(annotation: ast.AST | None, names: set[str]) -> bool:
    """Whether an annotation, quoted or not, speaks of ``names``; arrays of whole numbers do not count."""
    if annotation is None:
        return False
    words = set(re.findall(r"[A-Za-z_]\w*", ast.unparse(annotation)))
    if words & WHOLE:
        words.discard("NDArray")
    return bool(words & names)


def quantity_types(modules: Iterable[Module]) -> set[str]:
    """The types that carry a kind, as ``quantities.py`` declares them with Annotated."""
    bodies = [module.tree.body for module in modules if module.name == "alloycell.quantities"]
    assigned = [node for body in bodies for node in body if isinstance(node, ast.Assign)]
    return {
        target.id
        for node in assigned
        for target in node.targets
        if isinstance(target, ast.Name)
        and isinstance(node.value, ast.Subscript)
        and "Annotated" in ast.dump(node.value.value)
    }


def public_definitions(module: Module) -> Iterator[tuple[Documented, ast.ClassDef | None]]:
    """The module, its public classes and functions, and public methods with their class."""
    if not module.public:
        return
    yield module.tree, None
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(node, None) for node in module.body()]
    while waiting:
        node, owner = waiting.pop(0)
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node, owner
            if isinstance(node, ast.ClassDef):
                waiting.extend((child, node) for child in node.body)


def documentation_faults(modules: Iterable[Module]) -> list[str]:
    """Public modules, classes, functions and methods without a docstring."""
    return [
        f"{module.place(node)} {getattr(node, 'name', 'the module')} has no docstring"
        for module in modules
        for node, _ in public_definitions(module)
        if not (ast.get_docstring(node) or "").strip()
    ]


def numbers_of(function: Function, names: set[str]) -> list[str]:
    """Names of the parameters that hold numbers, and ``return`` where the result does."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    arguments += [extra for extra in (function.args.vararg, function.args.kwarg) if extra]
    found = [argument.arg for argument in arguments if mentions(argument.annotation, names)]
    return found + (["return"] if mentions(function.returns, names) else [])


def unit_faults(modules: Iterable[Module]) -> list[str]:
    """Public functions, classes and constants that hold numbers and do not say their units."""
    modules = tuple(modules)
    names = ARRAYS | quantity_types(modules)
    faults = []
    for module in modules:
        for node, _ in public_definitions(module):
            text = ast.get_docstring(node) or ""
            if isinstance(node, Function) and numbers_of(node, names) and not has_unit(text):
                faults.append(
                    f"{module.place(node)} {node.name} gives no unit for {', '.join(numbers_of(node, names))}"
                )
            if isinstance(node, ast.ClassDef) and not has_unit(text):
                bare = [field for field, told in plain_fields(node) if not has_unit(told)]
                faults += [f"{module.place(node)} {node.name}.{field} has no unit" for field in bare]
        faults += constant_faults(module)
    return faults


def plain_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Public fields that are plain floats or arrays, each with what the class says beside it.

    A field of a quantity type is left out: its type carries the unit.
    """
    for statement, following in itertools.pairwise([*node.body, None]):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if statement.target.id.startswith("_") or not mentions(_without_kinds(statement.annotation), ARRAYS):
            continue
        yield (
            statement.target.id,
            _string(following) + (ast.unparse(statement.value) if statement.value else ""),
        )


class _KindRemover(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Puts nothing in the place of ``Annotated[number, kind]``."""
        if isinstance(node.slice, ast.Tuple) and ast.unparse(node.value).endswith("Annotated"):
            told = [element for element in node.slice.elts[1:] if isinstance(element, ast.Name)]
            if told or any(mentions(element, {"kind_of", "KINDS"}) for element in node.slice.elts[1:]):
                return ast.Constant(None)
        return self.generic_visit(node)


def _without_kinds(annotation: ast.expr) -> ast.AST:
    return _KindRemover().visit(ast.parse(ast.unparse(annotation), mode="eval"))


def constant_faults(module: Module) -> list[str]:
    """Public constants with a fraction in them whose docstring gives no unit."""
    faults = []
    for statement, following in itertools.pairwise([*module.tree.body, None]):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if not isinstance(target, ast.Name) or not target.id.isupper() or target.id.startswith("_"):
            continue
        numeric = isinstance(getattr(statement, "value", None), ast.Constant | ast.BinOp | ast.UnaryOp)
        values = [n.value for n in ast.walk(statement) if isinstance(n, ast.Constant)]
        if numeric and any(isinstance(value, float) for value in values) and not has_unit(_string(following)):
            faults.append(f"{module.place(statement)} {target.id} has no unit")
    return faults


def _string(node: ast.AST | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def full_form_faults(modules: Iterable[Module]) -> list[str]:
    """Functions that a room exports and that take a number of which neither they nor their module speak."""
    modules = tuple(modules)
    names = ARRAYS | quantity_types(modules)
    rooms = {module.room: set(module.all_names or ()) for module in modules if module.is_package and module.room}
    rooms |= {
        module.room: set(module.all_names or ()) for module in modules if module.name.count(".") == 1 and module.room
    }
    return [
        f"{module.place(node)} {node.name} does not speak of {name}"
        for module in modules
        for node, owner in public_definitions(module)
        if isinstance(node, Function) and owner is None and node.name in rooms.get(module.room, ())
        for name in numbers_of(node, names)
        if name != "return" and not re.search(rf"\b{name}\b", _told(node) + _told(module.tree))
    ]


def _told(node: Documented) -> str:
    return (ast.get_docstring(node) or "") + "\n"


def test_everything_public_is_documented(package):
    nothing_wrong(documentation_faults(package))


def test_every_public_number_has_a_unit_in_its_docstring(package):
    nothing_wrong(unit_faults(package))


def test_functions_that_a_room_exports_speak_of_every_number_they_take(package):
    nothing_wrong(full_form_faults(package))


def test_the_quantity_types_are_found(package):
    assert {"Length", "Potential", "Porosity"} <= quantity_types(package)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        '"""Doc."""\ndef f(): pass',
        '"""Doc."""\nasync def f(): pass',
        '"""Doc."""\nclass A: pass',
        '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self): pass',
        '"""Doc."""\nclass A:\n    """Doc."""\n    @property\n    def f(self): pass',
        '"""Doc."""\nclass A:\n    """Doc."""\n    class B: pass',
        '"""Doc."""\nif 1:\n    def f(): pass',
        '"""Doc."""\ndef f():\n    """ """',
    ],
)
def test_a_missing_docstring_is_seen(made_up, text):
    assert len(documentation_faults(made_up({"cell/a.py": text}))) == 1


def test_private_things_need_no_docstring(made_up):
    text = '"""Doc."""\ndef _f(): pass\nclass _A:\n    def f(self): pass\n'
    assert documentation_faults(made_up({"cell/a.py": text, "cell/_b.py": "x = 1"})) == []


@pytest.mark.parametrize(
    "text",
    [
        'def f(x: float) -> str:\n    """What it does."""',
        'def f(x: int) -> float:\n    """What it gives, see [1]."""',
        'def f(x: "FloatArray | None"):\n    """What it gives [see there]."""',
        'def f(*, x: Length):\n    """Doc."""',
        'def f(x: dict[str, np.float64]):\n    """Doc."""',
        'def f(x: tuple[Number, ...]):\n    """Doc [Volts of it]."""',
        'class A:\n    """Doc."""\n    x: float',
        'class A:\n    """Doc."""\n    x: Annotated[Number, "what"]',
        'class A:\n    """Doc."""\n    x: float = Field(1.0, description="of it")',
        'class A:\n    """Doc."""\n    def f(self) -> Number:\n        """Doc."""',
        'LIMIT = 1.5\n"""Most of it."""',
        "LIMIT = 3 * 1.5\nx = 1",
    ],
)
def test_a_number_without_unit_is_seen(made_up, text):
    quantities = 'Length = Annotated[Number, KINDS["length"]]'
    assert len(unit_faults(made_up({"cell/a.py": text, "quantities.py": quantities}))) == 1


@pytest.mark.parametrize(
    "text",
    [
        'def f(x: float) -> float:\n    """Potential [V vs Li/Li+] of ``x`` [Li per host]."""',
        'def f(x: float) -> float:\n    """A share, dimensionless."""',
        'def f(x: float) -> float:\n    """A share, 0 to 1."""',
        'def f(x: int) -> str:\n    """How many there are."""',
        'def f(x: NDArray[np.bool_]) -> "NDArray[np.intp]":\n    """Which of them."""',
        "def _f(x: float): pass",
        'class A:\n    """Doc."""\n    x: float = Field(1.0, description="width [m]")',
        'class A:\n    """Doc."""\n    x: float\n    """Width [um]."""',
        'class A:\n    """Doc."""\n    x: Length',
        'class A:\n    """Doc."""\n    x: Annotated[Number, kind_of("ratio", low=1.0)] | None = None',
        'class A:\n    """Doc."""\n    x: tuple[Annotated[float, _PLATEAU], ...]',
        'LIMIT = 1.5\n"""Most of it [kg/m2]."""',
        "COUNT = 3",
    ],
)
def test_a_number_with_unit_passes(made_up, text):
    quantities = 'Length = Annotated[Number, KINDS["length"]]'
    assert unit_faults(made_up({"cell/a.py": text, "quantities.py": quantities})) == []


def test_an_exported_function_that_keeps_quiet_about_a_number_is_seen(made_up):
    function = 'def f(width: float, name: str, height: float):\n    """Of ``width`` [m]."""'
    exported = made_up({"cell/__init__.py": '__all__ = ["f"]', "cell/a.py": function})
    assert len(full_form_faults(exported)) == 1
    assert len(full_form_faults(made_up({"pictures.py": '__all__ = ["f"]\n' + function}))) == 2


def test_a_number_that_the_module_speaks_of_needs_no_second_word(made_up):
    function = 'def f(height: float):\n    """Of it [m]."""'
    files = {
        "cell/__init__.py": '__all__ = ["f"]',
        "cell/a.py": '"""All about ``height`` [m]."""\n' + function,
    }
    assert full_form_faults(made_up(files)) == []


def test_a_function_that_no_room_exports_may_be_short(made_up):
    function = 'def f(height: float):\n    """Of it [m]."""'
    assert full_form_faults(made_up({"cell/__init__.py": "__all__ = []", "cell/a.py": function})) == []
