internal import Crypto

/// What a page stands in: `frame.html` with the style and the scripts of the page, and the policy that lets in just these.
struct PageFrame {
    private let style: [UInt8]
    /// What is shown before a script runs.
    private let body: [UInt8]
    private let scripts: [[UInt8]]
    /// The frame, cut at its marks: always five parts, as a test makes sure.
    static let parts = PackageResources.frame_html.split(
        separator: Array("{{}}".utf8), omittingEmptySubsequences: false
    ).map { Array($0) }

    /// `style` comes behind that of the frame.
    init(style: [UInt8], body: [UInt8], scripts: [[UInt8]]) {
        self.style = PackageResources.frame_css + style
        (self.body, self.scripts) = (body, scripts)
    }

    /// All up to the data.
    func head(title: String) -> [UInt8] {
        var out = Self.parts[0] + policy.utf8
        out += Self.parts[1] + PageText.html(title).utf8
        out += Self.parts[2] + style
        return out + Self.parts[3] + body
    }
    /// All behind the data.
    var foot: [UInt8] {
        scripts.flatMap { Array("<script>".utf8) + $0 + Array("</script>\n".utf8) } + Self.parts[4]
    }

    /// Nothing may be loaded, sent, framed or run; but for the very bytes of the scripts and of the style. No port and
    /// no file is a place that the page may talk to.
    private var policy: String {
        let hashes = scripts.map(Self.hash).joined(separator: " ")
        return "default-src 'none'; script-src \(hashes); style-src \(Self.hash(style)); base-uri 'none'; "
            + "form-action 'none'"
    }
    /// What a policy calls some bytes.
    static func hash(_ bytes: [UInt8]) -> String { "'sha256-\(Base64.encode(SHA256.hash(bytes)))'" }
}
