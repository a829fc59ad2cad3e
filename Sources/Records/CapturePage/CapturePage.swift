internal import Text

/// The page of a capture: its style, its two scripts, and the frame around them. The first script does not depend on a
/// browser: it reads the data and implements the filters.
enum CapturePage {
    static let frame = PageFrame(
        style: PackageResources.capture_css, body: PackageResources.capture_html, scripts: [model, view])
    /// The script for data and filters. The second script uses it through `capture`.
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
    /// The script for the display.
    static let view = joined(
        "\"use strict\";\n(() => {\n",
        [
            PackageResources.view_parts_js, PackageResources.view_list_js, PackageResources.view_fields_js,
            PackageResources.view_ladder_js, PackageResources.view_overview_js, PackageResources.view_js,
        ], "})();\n")
    private static func joined(_ begin: String, _ parts: [[UInt8]], _ end: String) -> [UInt8] {
        Array(begin.utf8) + parts.joined() + Array(end.utf8)
    }
}
