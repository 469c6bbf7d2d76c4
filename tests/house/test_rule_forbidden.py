"""Calls, names and state that the house does without."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import pytest
from source_tree import Module, nothing_wrong, read_scripts

CALLS = {"eval", "exec", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"}
PACKAGES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}
FLAGS = {"shell", "allow_pickle"}
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "core", "common", "base"}
OTHER_WORDS = re.compile("anode|cathode", re.IGNORECASE)
DOOR = "alloycell.app.main"
CHANGES = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft",
    "remove", "reverse", "setdefault", "sort", "update",
}  # fmt: skip
CONTAINERS = {
    "list",
    "dict",
    "set",
    "bytearray",
    "defaultdict",
    "OrderedDict",
    "Counter",
    "deque",
    "WeakValueDictionary",
}


def dotted(node: ast.AST) -> str:
    """The dotted name that a node spells, empty where it is not one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = dotted(node.value)
        return f"{start}.{node.attr}" if start else ""
    return ""


def call_faults(modules: Iterable[Module]) -> list[str]:
    """Calls and imports that run text as code or hand it to a shell."""
    faults = []
    for module in modules:
        for node in ast.walk(module.tree):
            found: set[str] = set()
            if isinstance(node, ast.Call):
                found = {dotted(node.func)} & CALLS
                found |= {f"{word.arg}=" for word in node.keywords if word.arg in FLAGS and not _is_false(word.value)}
            elif isinstance(node, ast.Import):
                found = {alias.name for alias in node.names if alias.name.split(".")[0] in PACKAGES}
            elif isinstance(node, ast.ImportFrom):
                full = {f"{node.module}.{alias.name}" for alias in node.names}
                found = full & CALLS or ({str(node.module)} if str(node.module).split(".")[0] in PACKAGES else set())
            faults += [f"{module.place(node)} uses {name}" for name in sorted(found)]
    return faults


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def except_faults(modules: Iterable[Module]) -> list[str]:
    """Handlers that catch everything, outside the door of the command line."""
    faults = []
    for module in modules:
        if module.name == DOOR:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler):
                types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                names = {dotted(kind).split(".")[-1] if kind else "" for kind in types}
                if names & {"", "Exception", "BaseException"}:
                    faults.append(f"{module.place(node)} catches everything")
    return faults


def words(name: str) -> set[str]:
    """The words that a snake_case or CamelCase name is made of, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def vague_faults(modules: Iterable[Module]) -> list[str]:
    """Files, folders and classes named after nothing."""
    faults = []
    for module in modules:
        parts = module.name.split(".") if module.name else [module.path.parent.name, module.path.stem]
        faults += [f"{module.place()} is called {part}" for part in parts if words(part) & VAGUE]
        classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        faults += [f"{module.place(node)} is called {node.name}" for node in classes if words(node.name) & VAGUE]
    return faults


def identifiers(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Every name that a program gives or uses, with its node."""
    for node in ast.walk(tree):
        for key in ("id", "attr", "arg", "name", "asname", "module"):
            word = getattr(node, key, None)
            if isinstance(word, str):
                yield node, word


def electrode_faults(modules: Iterable[Module]) -> list[str]:
    """Identifiers that call an electrode by what it does in one direction of the current."""
    faults = []
    for module in modules:
        if OTHER_WORDS.search(module.path.name):
            faults.append(f"{module.place()} is called {module.path.name}")
        seen = [(node, word) for node, word in identifiers(module.tree) if OTHER_WORDS.search(word)]
        faults += [f"{module.place(node)} says {word}" for node, word in seen]
    return faults


def state_faults(modules: Iterable[Module]) -> list[str]:
    """Containers of a module that are not constants or are changed later, and ``global`` statements."""
    faults = []
    for module in modules:
        containers = {name: node for name, node in _containers(module) if name != "__all__"}
        faults += [
            f"{module.place(n)}: {name} is a container in no constant"
            for name, n in containers.items()
            if not _constant(name)
        ]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Global):
                faults.append(f"{module.place(node)} makes {', '.join(node.names)} global")
            elif _changed(node) & set(containers):
                faults.append(f"{module.place(node)} changes {', '.join(_changed(node))}")
    return faults


def sentence_faults(modules: Iterable[Module]) -> list[str]:
    """Tests whose name is too short to say what holds: fewer than four words after ``test``."""
    return [
        f"{module.place(function)} {function.name} is no sentence"
        for module in modules
        if not module.name
        for function in module.functions
        if function.name.startswith("test_") and len(function.name.split("_")) < 5
    ]


def _constant(name: str) -> bool:
    return bool(re.fullmatch(r"_*[A-Z][A-Z0-9_]*", name))


def _containers(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    for node in module.body():
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        made = isinstance(node.value, ast.Call) and dotted(node.value.func).split(".")[-1] in CONTAINERS
        if made or isinstance(node.value, displays):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


def _changed(node: ast.AST) -> set[str]:
    targets: list[ast.AST] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = [target.value for target in node.targets if isinstance(target, ast.Subscript)]
    elif isinstance(node, ast.AugAssign):
        targets = [node.target.value if isinstance(node.target, ast.Subscript) else node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        targets = [node.func.value]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_nothing_runs_text_as_code_or_asks_a_shell(everything):
    nothing_wrong(call_faults(everything))


def test_only_the_door_catches_everything(everything):
    nothing_wrong(except_faults(everything))


def test_files_and_classes_are_named_after_a_concept(everything):
    nothing_wrong(vague_faults(everything))


def test_electrodes_are_called_negative_and_positive(everything):
    nothing_wrong(electrode_faults(everything))


def test_the_names_of_tests_are_sentences(everything):
    nothing_wrong(sentence_faults(everything))


def test_a_test_that_says_nothing_is_seen(tmp_path):
    text = "def test_layer_mass(): pass\ndef test_a_layer_has_mass(): pass\n"
    text += "class A:\n    def test_it(self): pass"
    (tmp_path / "test_a.py").write_text(text)
    assert len(sentence_faults(read_scripts(tmp_path))) == 2


def test_no_module_keeps_state_that_changes(package):
    nothing_wrong(state_faults(package))


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "def f():\n    exec('1')",
        "import os\nos.system('ls')",
        "from os import system",
        "import pickle",
        "from pickle import loads",
        "import yaml\nyaml.load('x')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=flag)",
        "import numpy as np\nnp.load('x', allow_pickle=True)",
        "__import__('os')",
    ],
)
def test_a_forbidden_call_is_seen(made_up, text):
    assert len(call_faults(made_up({"cell/a.py": text}))) == 1


def test_calls_that_only_look_alike_pass(made_up):
    text = "model.eval()\nre.compile('x')\nyaml.safe_load('x')\nrun(['ls'], shell=False)\ntext = 'eval(1)'"
    assert call_faults(made_up({"cell/a.py": text})) == []


@pytest.mark.parametrize(
    "handler",
    [
        "except:",
        "except Exception:",
        "except BaseException as e:",
        "except (ValueError, Exception):",
        "except builtins.Exception:",
    ],
)
def test_a_handler_that_catches_everything_is_seen(made_up, handler):
    text = f"try:\n    pass\n{handler}\n    pass"
    assert len(except_faults(made_up({"cell/a.py": text, "app/main.py": text}))) == 1


def test_a_handler_that_names_its_error_passes(made_up):
    assert except_faults(made_up({"cell/a.py": "try:\n    pass\nexcept (OSError, ValueError):\n    pass"})) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("cell/utils.py", ""),
        ("cell/path_helpers.py", ""),
        ("common/a.py", ""),
        ("core.py", ""),
        ("a.py", "class RunManager: pass"),
        ("a.py", "class _Base: pass"),
        ("a.py", "def f():\n    class CoreShell: pass"),
    ],
)
def test_a_name_that_names_nothing_is_seen(made_up, file, text):
    assert len(vague_faults(made_up({file: text}))) == 1


def test_words_that_only_contain_a_vague_word_pass(made_up):
    assert vague_faults(made_up({"cell/score.py": "class Database: pass\nclass Encore(BaseModel): pass"})) == []


@pytest.mark.parametrize(
    "text",
    [
        "anode = 1",
        "def f(cathode_thickness): pass",
        "x.anode_capacity",
        "class Cathode: pass",
        "f(anode=1)",
        "import cell.anode",
        "from a import cathode",
        "x = f'{anode}'",
    ],
)
def test_the_other_words_for_electrodes_are_seen(made_up, text):
    assert len(electrode_faults(made_up({"cell/a.py": text}))) == 1


def test_text_for_people_may_explain_the_other_words(made_up):
    assert electrode_faults(made_up({"cell/a.py": 'title = "A study of anodes"  # cathode'})) == []


@pytest.mark.parametrize(
    "text",
    [
        "seen = []",
        "seen: dict[str, int] = {}",
        "if True:\n    seen = set()",
        "cache = defaultdict(list)",
        "seen = [n for n in range(3)]",
        "def f():\n    global x",
        "TABLE = {}\ndef f():\n    TABLE['a'] = 1",
        "TABLE = []\nTABLE.append(1)",
        "TABLE = []\ndef f():\n    TABLE.extend([1])",
        "TABLE = {1}\ndef f():\n    del TABLE[0]",
        "TABLE = [1]\nTABLE += [2]",
    ],
)
def test_state_that_changes_is_seen(made_up, text):
    assert len(state_faults(made_up({"cell/a.py": text}))) == 1


def test_constants_and_local_containers_pass(made_up):
    text = "__all__ = ['f']\nTABLE = {1: 2}\n_MORE = [1]\nrow = (1, 2)\n"
    text += "def f():\n    seen = []\n    seen.append(TABLE[1])"
    assert state_faults(made_up({"cell/a.py": text})) == []
