internal import Scenario

/// The frame of the page of a capture: `capture.html` with its style, its two scripts and the policy that lets in just
/// these. The first script knows nothing of browsers: it reads the data and has the filters.
enum CapturePage {
    private static let style = PackageResources.capture_css
    /// Data and filters; what the second script may use stands in `capture`.
    static let model = joined(
        "\"use strict\";\nconst capture = (() => {\n",
        [
            PackageResources.capture_data_js, PackageResources.capture_values_js, PackageResources.capture_forms_js,
            PackageResources.filter_text_js, PackageResources.filter_parser_js, PackageResources.filter_names_js,
            PackageResources.filter_literals_js, PackageResources.filter_operands_js, PackageResources.filter_js,
        ],
        "return { Capture, Filter, FilterError, FieldForms, FieldRelations, RecordView, Code, shown, bitsText, line, hex, "
            + "dateText, LIST, GROUP };\n})();\n"
    )
    /// What is seen.
    static let view = joined(
        "\"use strict\";\n(() => {\n",
        [
            PackageResources.view_parts_js, PackageResources.view_list_js, PackageResources.view_fields_js,
            PackageResources.view_ladder_js, PackageResources.view_overview_js, PackageResources.view_js,
        ], "})();\n")
    private static func joined(_ begin: String, _ parts: [[UInt8]], _ end: String) -> [UInt8] {
        Array(begin.utf8) + parts.joined() + Array(end.utf8)
    }
    /// The frame, cut at its marks: always seven parts, as a test makes sure.
    static let parts = PackageResources.capture_html.split(
        separator: Array("{{}}".utf8), omittingEmptySubsequences: false
    ).map { Array($0) }

    /// All up to the data.
    static func head(title: String) -> [UInt8] {
        var out = parts[0]
        out += policy.utf8
        out += parts[1]
        out += PageText.html(Printable.text(title)).utf8
        return out + parts[2] + style + parts[3]
    }
    /// All behind the data.
    static var foot: [UInt8] {
        var out = parts[4]
        out += model
        out += parts[5]
        out += view
        return out + parts[6]
    }

    /// As that of the page of results: nothing may be loaded, sent or run but for these very bytes.
    static var policy: String {
        "default-src 'none'; script-src \(Page.hash(model)) \(Page.hash(view)); style-src \(Page.hash(style)); "
            + "base-uri 'none'; form-action 'none'"
    }
}
