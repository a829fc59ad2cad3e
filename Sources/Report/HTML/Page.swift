internal import Text

/// The page of results: its style, its script, and the frame around them.
enum Page {
    static let frame = PageFrame(
        style: PackageResources.page_css, body: PackageResources.page_html, scripts: [script])
    /// The script. One function encloses all its parts, so they define no global names.
    static let script =
        Array("\"use strict\";\n(() => {\n".utf8) + PackageResources.page_data_js + PackageResources.page_head_js
        + PackageResources.page_list_js + PackageResources.page_matrix_js + PackageResources.page_case_js
        + PackageResources.page_js + Array("})();\n".utf8)
}
