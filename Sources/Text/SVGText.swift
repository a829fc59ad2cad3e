internal import Scenario

/// The common parts of SVG pictures, which are self-contained files for dark and light screens.
package enum SVGText {
    /// The style that all pictures share.
    private static let css = """

        svg { --paper: #ffffff; --ink: #1c2128; --quiet: #656d76; --line: #c9d1d9; --sent: #0550ae; --got: #6639ba;
          --bad: #c01c28; --doubt: #8a5a00; --good: #116329;
          font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) {
          svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9198a1; --line: #3d444d; --sent: #79c0ff; --got: #d2a8ff;
            --bad: #ff7b72; --doubt: #e3b341; --good: #56d364; } }
        .paper { fill: var(--paper); } text { fill: var(--ink); white-space: pre; }

        """
    /// The width of a letter in pixels.
    package static let letter = 7.9

    /// Returns the file.
    package static func document(_ title: String, width: Double, height: Double, style: String, _ body: String)
        -> String
    {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(height))" \
        viewBox="0 0 \(n(width)) \(n(height))" role="img">
        <title>\(XMLText.escape(title))</title>
        <style>\(css)\(style)</style>
        <rect class="paper" width="100%" height="100%"/>
        \(body)</svg>

        """
    }
    /// Returns text at a position.
    package static func words(_ x: Double, _ y: Double, as kind: String, _ s: String) -> String {
        "<text class=\"\(kind)\" x=\"\(n(x))\" y=\"\(n(y))\">\(XMLText.escape(s))</text>\n"
    }
    /// Returns a number of pixels, rounded to tenths.
    package static func n(_ x: Double) -> String {
        let tenths = Int((x * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
