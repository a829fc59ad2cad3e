/// Colours and letters of pictures, for dark and light screens.
enum SVGTheme {
    /// What every picture has in its style.
    static let css = """

        svg { --paper: #ffffff; --ink: #1c2128; --quiet: #656d76; --line: #c9d1d9; --sent: #0550ae; --got: #6639ba;
          --bad: #c01c28; --doubt: #8a5a00; --good: #116329;
          font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
          svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #3d444d; --sent: #79c0ff; --got: #d2a8ff;
            --bad: #ff7b72; --doubt: #e3b341; --good: #56d364; } }
        .paper { fill: var(--paper); } text { fill: var(--ink); white-space: pre; }

        """
}
