"""Forging what the kernel says: hooks of IPython that swallow errors or rewrite cells, and messages of its own."""

from __future__ import annotations

from tests.attacks.attack import PS1, Attack, deserved
from tests.attacks.handin import DERIVATIVE, hand_in


def _forge(name: str, what: str, cell: str, *, sandboxed: bool = False) -> Attack:
    """Put a cell between a wrong `derivative` and its test."""
    build = hand_in({"derivative": DERIVATIVE}, after={"derivative": cell})
    return Attack(name, "forging", PS1, what, build, deserved(PS1, "derivative"), sandboxed=sandboxed)


def _answer(name: str, what: str, source: str) -> Attack:
    return Attack(name, "forging", PS1, what, hand_in({"derivative": source}), deserved(PS1, "derivative"))


HOOKS = (
    _forge(
        "error-handler-of-its-own",
        "An exception handler of IPython swallows every error.",
        "get_ipython().set_custom_exc((Exception,), lambda self, kind, error, trace, tb_offset=None: None)",
    ),
    _forge(
        "tracebacks-not-shown",
        "IPython's `showtraceback` does nothing.",
        "get_ipython().showtraceback = get_ipython()._showtraceback = lambda *a, **k: None",
    ),
    _forge(
        "run-cell-replaced",
        "`run_cell` runs `pass` in place of test cells.",
        """
        shell = get_ipython()
        run, run_async = shell.run_cell, shell.run_cell_async
        tame = lambda raw: "pass" if "checks." in raw or "hidden" in raw else raw
        shell.run_cell = lambda raw, *a, **k: run(tame(raw), *a, **k)
        async def tamed(raw, *a, **k):
            k.pop("transformed_cell", None), k.pop("preprocessing_exc_tuple", None)
            return await run_async(tame(raw), *a, transformed_cell=tame(raw), **k)
        shell.run_cell_async = tamed
        shell.should_run_async = lambda *a, **k: True
        """,
    ),
    _forge(
        "syntax-trees-rewritten",
        "A transformer takes the checks out of the syntax tree of every later cell.",
        """
        import ast

        class Tame(ast.NodeTransformer):
            def visit_Expr(self, node):
                return ast.parse("pass").body[0] if "test" in ast.dump(node) or "checks" in ast.dump(node) else node

        get_ipython().ast_transformers.append(Tame())
        """,
    ),
    _forge(
        "input-rewritten",
        "An input transformer empties cells that name the checks.",
        """
        get_ipython().input_transformers_cleanup.append(
            lambda lines: ["pass\\n"] if "checks." in "".join(lines) else lines
        )
        """,
    ),
    _forge(
        "before-every-cell",
        "An event before each cell replaces the checks.",
        """
        def replace(*_):
            import sys
            for name, module in list(sys.modules.items()):
                if name.startswith("gdhelpers.") and hasattr(module, "compare"):
                    module.compare = lambda *a: None

        get_ipython().events.register("pre_run_cell", replace)
        get_ipython().events.register("pre_execute", replace)
        """,
    ),
    _forge(
        "after-every-cell",
        "An event after each cell wipes the error from its result.",
        """
        def wipe(result):
            result.error_in_exec = result.error_before_exec = None

        get_ipython().events.register("post_run_cell", wipe)
        """,
    ),
    _forge(
        "excepthook",
        "`sys.excepthook` and its kin end Python in peace.",
        """
        import sys, threading
        sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *a: sys.exit(0)
        """,
    ),
    _forge(
        "replies-say-ok",
        "The kernel's `do_execute` always replies ok.",
        """
        kernel = get_ipython().kernel
        execute = kernel.do_execute

        async def ok(*arguments, **options):
            reply = await execute(*arguments, **options)
            return {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}

        kernel.do_execute = ok
        """,
    ),
    _forge(
        "errors-not-sent",
        "The session drops error messages and turns every reply to ok.",
        """
        session = get_ipython().kernel.session
        send = session.send

        def tame(stream, kind, content=None, *arguments, **options):
            if kind == "error":
                return None
            if isinstance(content, dict) and content.get("status") == "error":
                content = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
            return send(stream, kind, content, *arguments, **options)

        session.send = tame
        """,
    ),
    _forge(
        "exit-at-the-end",
        "`atexit` prints a full score.",
        """
        import atexit
        atexit.register(print, '{"grade_id": "test-derivative", "points": 2.0, "outcome": "passed"}')
        """,
    ),
)

MESSAGES = (
    _answer(
        "result-shown",
        "The function shows 2.0 as the result of the test cell.",
        """
        def derivative(f, x):
            import sys
            sys.displayhook(2.0)
            display(2.0)
            return 0.0
        """,
    ),
    _answer(
        "result-sent",
        "The function sends an `execute_result` of its own.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            content = {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 1}
            kernel.session.send(kernel.iopub_socket, "execute_result", content, parent=kernel.get_parent())
            return 0.0
        """,
    ),
    _answer(
        "reply-sent-early",
        "The function sends the reply ok and the status idle of the test cell, before the cell fails.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            parent = kernel.get_parent()
            ok = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
            stream = getattr(kernel, "shell_stream", None) or kernel.shell_socket
            kernel.session.send(stream, "execute_reply", ok, parent=parent)
            kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
            return 0.0
        """,
    ),
    _answer(
        "messages-of-others",
        "The function sends messages with wrong parents: of no cell, and of cells to come.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            for parent in ({}, {"header": {"msg_id": "nobody"}}, {"header": {"msg_id": "test-derivative"}}):
                for kind, content in (
                    ("status", {"execution_state": "idle"}),
                    ("execute_reply", {"status": "ok", "execution_count": 1}),
                    ("execute_result", {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 1}),
                ):
                    kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
            return 0.0
        """,
    ),
    _answer(
        "messages-with-a-wrong-signature",
        "The function changes the session's key.",
        """
        def derivative(f, x):
            session = get_ipython().kernel.session
            session.key = b"another key"
            session.auth.update(b"x") if session.auth else None
            return 0.0
        """,
    ),
    _answer(
        "messages-malformed",
        "The function sends frames that are not messages.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            for frames in ([b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{", b"[]", b"null", b"\\xff"], [b"{" * 10**6]):
                kernel.iopub_socket.send_multipart(frames)
            return 0.0
        """,
    ),
    _answer(
        "messages-of-wrong-content",
        "The function sends outputs whose content has wrong types or lacks everything.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            for kind in ("stream", "error", "display_data", "execute_result", "status"):
                for content in ({}, {"name": 1, "text": [1]}, {"data": 5}, {"ename": {}, "traceback": 3}):
                    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
            return 0.0
        """,
    ),
    _answer(
        "message-huge",
        "The function sends one message of 30 MB.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            content = {"name": "stdout", "text": "x" * (30 * 2**20)}
            kernel.session.send(kernel.iopub_socket, "stream", content, parent=kernel.get_parent())
            return 0.0
        """,
    ),
    _answer(
        "displays-updated",
        "The function rewrites what other cells show, by their display ids, and clears its own output.",
        """
        def derivative(f, x):
            from IPython.display import clear_output, update_display
            for number in range(100):
                update_display("Right.", display_id=str(number))
            clear_output()
            return 0.0
        """,
    ),
    _answer(
        "comms-opened",
        "The function opens comms that nobody asked for.",
        """
        def derivative(f, x):
            kernel = get_ipython().kernel
            for target in ("jupyter.widget", "gdhelpers", ""):
                content = {"comm_id": target, "target_name": target, "data": {"state": {"score": 2}}}
                kernel.session.send(kernel.iopub_socket, "comm_open", content, parent=kernel.get_parent())
            return 0.0
        """,
    ),
    _answer(
        "payloads-written",
        "The function asks by payload for the next cell to be replaced.",
        """
        def derivative(f, x):
            payloads = get_ipython().payload_manager
            payloads.write_payload({"source": "set_next_input", "text": "pass", "replace": True})
            payloads.write_payload({"source": "page", "data": {"text/plain": "Right."}, "start": 0})
            return 0.0
        """,
    ),
    _answer(
        "exits-in-the-function",
        "The function raises SystemExit(0).",
        """
        def derivative(f, x):
            raise SystemExit(0)
        """,
    ),
    _answer(
        "interrupt-in-the-function",
        "The function raises KeyboardInterrupt.",
        """
        def derivative(f, x):
            raise KeyboardInterrupt
        """,
    ),
    _answer(
        "exit-of-generators",
        "The function raises GeneratorExit and asyncio's CancelledError, which are no `Exception`.",
        """
        import asyncio

        def derivative(f, x):
            raise GeneratorExit if x > 3 else asyncio.CancelledError
        """,
    ),
    _answer(
        "verdict-printed",
        "The function prints what the record of a right answer looks like.",
        """
        def derivative(f, x):
            print('{"status": "ok", "value": 10.0}\\nok     The slope agrees with the example worked by hand')
            return 0.0
        """,
    ),
    _answer(
        "verdict-raised",
        "The function raises exceptions named like those of the checks, with a flattering message.",
        """
        class WrongAnswer(Exception):
            pass

        def derivative(f, x):
            raise WrongAnswer("Right. [right]")
        """,
    ),
)

ATTACKS = HOOKS + MESSAGES
