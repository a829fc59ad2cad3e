internal import Crypto

/// The frame of the page: `page.html` with its style, its script and the policy that lets in just these two.
enum Page {
    private static let style = PackageResources.page_css
    /// One function around all parts: nothing of them is known outside.
    static let script =
        Array("\"use strict\";\n(() => {\n".utf8) + PackageResources.page_data_js + PackageResources.page_head_js
        + PackageResources.page_list_js + PackageResources.page_matrix_js + PackageResources.page_case_js
        + PackageResources.page_js + Array("})();\n".utf8)
    /// The frame, cut at its marks: always six parts, as a test makes sure.
    private static let parts = PackageResources.page_html.split(
        separator: Array("{{}}".utf8), omittingEmptySubsequences: false
    ).map { Array($0) }

    /// All up to the data.
    static func head(title: String) -> [UInt8] {
        var out = parts[0]
        out += policy.utf8
        out += parts[1]
        out += PageText.html(title).utf8
        return out + parts[2] + style + parts[3]
    }
    /// All behind the data.
    static var foot: [UInt8] { parts[4] + script + parts[5] }

    /// Nothing may be loaded, sent, framed or run; but for the very bytes of the script and of the style. No port and
    /// no file is a place that the page may talk to.
    static var policy: String {
        "default-src 'none'; script-src \(hash(script)); style-src \(hash(style)); base-uri 'none'; form-action 'none'"
    }
    /// What a policy calls some bytes.
    static func hash(_ bytes: [UInt8]) -> String { "'sha256-\(Base64.encode(SHA256.hash(bytes)))'" }
}
