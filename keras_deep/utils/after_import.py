"""Hooks into the first import of another package."""

import contextlib
import sys


def after_import(name, action):
    """Calls `action` after the first import of a package.

    If the package has been imported already, `action` is called at once.

    Args:
        name: string, the package. It is not imported here.
        action: function without arguments.
    """

    @contextlib.contextmanager
    def around():
        yield
        action()

    if name in sys.modules:
        action()
    else:
        around_import(name, around)


def around_import(name, context):
    """Executes a package's code, at its first import, inside a context.

    Args:
        name: string, the package. It is not imported here.
        context: function without arguments that returns a context manager.
    """
    sys.meta_path.insert(0, _Finder(name, context))


class _Finder:
    """Finds a package with the other finders and wraps its execution.

    It is removed only after a successful import: a spec may be looked up
    without an import, and a failed import may be tried again.
    """

    def __init__(self, name, context):
        self.name = name
        self.context = context

    def find_spec(self, name, path=None, target=None):
        """Returns the `ModuleSpec` of the package, or `None`."""
        if name != self.name:
            return None
        others = sys.meta_path[sys.meta_path.index(self) + 1 :]
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None:
            spec.loader.exec_module = self._wrapped(spec.loader.exec_module)
        return spec

    def _wrapped(self, execute):
        def exec_module(module):
            with self.context():
                execute(module)
                sys.meta_path.remove(self)

        return exec_module
