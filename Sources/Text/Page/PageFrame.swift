internal import Crypto

/// The frame of a page: `frame.html` with the style and the scripts of the page, and the policy that allows only these.
package struct PageFrame {
    let style: [UInt8]
    /// The content before a script runs.
    private let body: [UInt8]
    private let scripts: [[UInt8]]
    /// The parts of the frame between its marks. A test checks that there are always five.
    static let parts = PackageResources.frame_html.split(
        separator: Array("{{}}".utf8), omittingEmptySubsequences: false
    ).map { Array($0) }

    /// Makes a frame. `style` follows the style of the frame.
    package init(style: [UInt8], body: [UInt8], scripts: [[UInt8]]) {
        self.style = PackageResources.frame_css + style
        (self.body, self.scripts) = (body, scripts)
    }

    /// Returns the part before the data.
    package func head(title: String) -> [UInt8] {
        var out = Self.parts[0] + policy.utf8
        out += Self.parts[1] + PageText.html(title).utf8
        out += Self.parts[2] + style
        return out + Self.parts[3] + body
    }
    /// The part after the data.
    package var foot: [UInt8] {
        scripts.flatMap { Array("<script>".utf8) + $0 + Array("</script>\n".utf8) } + Self.parts[4]
    }

    /// The security policy. Nothing may be loaded, sent, framed or executed, except for the exact bytes of the scripts
    /// and of the style. The page may access no port and no file.
    private var policy: String {
        let hashes = scripts.map(Self.hash).joined(separator: " ")
        return "default-src 'none'; script-src \(hashes); style-src \(Self.hash(style)); base-uri 'none'; "
            + "form-action 'none'"
    }
    /// Returns the policy source that identifies some bytes.
    static func hash(_ bytes: [UInt8]) -> String { "'sha256-\(Base64.encode(SHA256.hash(bytes)))'" }
}
