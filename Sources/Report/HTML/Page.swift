internal import Crypto

/// The frame of the page: `page.html` with its style, its script and the policy that lets in just these two.
enum Page {
    private static let style = PackageResources.page_css
    private static let script = PackageResources.page_js
    /// The frame, cut where something is put in.
    private static let parts = split(PackageResources.page_html)

    /// All up to the data.
    static func head(title: String) -> [UInt8] {
        var out = parts[0]
        out += policy.utf8
        out += parts[1]
        PageText.html(title, to: &out)
        out += parts[2]
        out += style
        out += parts[3]
        return out
    }
    /// All behind the data.
    static var foot: [UInt8] { parts[4] + script + parts[5] }

    /// Nothing may be loaded, sent, framed or run; but for the very bytes of the script and of the style. No port and
    /// no file is a place that the page may talk to.
    static var policy: String {
        "default-src 'none'; script-src \(hash(script)); style-src \(hash(style)); base-uri 'none'; form-action 'none'"
    }
    /// What a policy calls some bytes.
    static func hash(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        Base64.append(SHA256.hash(bytes), to: &out)
        return "'sha256-\(String(decoding: out, as: UTF8.self))'"
    }
    /// The frame at its marks `{{}}`; always six parts, as a test makes sure.
    private static func split(_ frame: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var at = 0
        while at < frame.count {
            if frame[at...].starts(with: "{{}}".utf8) {
                parts.append([])
                at += 4
            } else {
                parts[parts.count - 1].append(frame[at])
                at += 1
            }
        }
        while parts.count < 6 { parts.append([]) }
        return parts
    }
}
