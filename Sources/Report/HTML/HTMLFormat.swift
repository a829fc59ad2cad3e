internal import Node
internal import Scenario
internal import Text

/// A writer of one page with all results of a run, or of several runs to be compared. The page is self-contained and
/// works from disk without a network. Its security policy allows only its own script and style, so even text that
/// bypassed the escaping would have no effect.
///
/// The cases are rows of JSON with their steps; the page shows only the visible rows. The details of a case that did
/// not pass are in a `<template>`, which browsers do not lay out until the page copies it. At most `detailed` cases
/// have details.
struct HTMLFormat: ReportFormat {
    /// The maximum number of cases with details.
    static let detailed = 500
    /// The maximum number of cases with details for the same reason.
    static let detailedAlike = 50
    /// The maximum number of bytes of all details together; the last case may exceed it.
    static let maximumDetails = 16 << 20

    /// The path of the page, as the command line names it. Links to evidence are relative to it.
    private let path: String
    /// The protocols, for the captures that can be saved from the page.
    private let definitions: [Definition]
    private var heads: [RunHead] = []
    private var rows: PageRows
    private var details = 0
    private var detailBytes = 0
    /// The number of cases with details, by fingerprint. It has at most as many entries as there are details.
    private var alike: [String: Int] = [:]
    /// The number of cases that did not pass and have no details.
    private var untold = 0

    /// Makes a new report. `path` is the path of the page, as the command line names it. `definitions` are the known
    /// protocols.
    init(path: String = "", definitions: [Definition] = []) {
        self.path = path
        rows = PageRows(page: path)
        self.definitions = definitions
    }

    /// Writes the head of the page, its style, and the properties of the runs.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        heads = runs
        out.pending += Page.frame.head(title: runs.map(\.target).joined(separator: ", "))
        PageData.begin(runs, to: &out.pending)
    }
    /// Adds a row, and the details of a failure.
    mutating func add(_ r: CaseRecord, run: Int, to out: inout ReportBuffer) {
        var number: Int?
        if r.failure != nil {
            let same = alike[r.fingerprint] ?? 0
            if details < Self.detailed, detailBytes < Self.maximumDetails, same < Self.detailedAlike {
                alike[r.fingerprint] = same + 1
                number = details
                details += 1
            } else {
                untold += 1
            }
        }
        rows.add(r, run: run, details: number, to: &out.pending)
        guard let number else { return }
        let start = out.pending.count
        let head = heads.head(of: run)
        let definition = definitions.first { $0.name == r.protocolName }
        out += PageDetails(
            record: r, requirement: head?.requirements[r.requirement], definition: definition, page: path
        ).markup(number)
        detailBytes += out.pending.count - start
    }
    /// Writes the remaining rows, the ends of the runs, and the script.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        rows.flush(to: &out.pending)
        PageData.end(ends, untold: untold, withoutSteps: rows.withoutSteps, to: &out.pending)
        out.pending += Page.frame.foot
    }
}

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
