internal import Node
internal import Scenario

/// One page that holds all of a run, or of several to be compared: it works from disk, without any network and without
/// any other file. Its security policy lets nothing but its own script and style in, so even text that got past the
/// escaping would do nothing.
///
/// The cases are rows of JSON with their steps, of which the page shows those in view. What else is known of a case that
/// did not pass stands in a `<template>`, which browsers do not lay out until the page takes a copy of it: of at most
/// `detailed` cases.
struct HTMLFormat: ReportFormat {
    /// Cases with all their details.
    static let detailed = 500
    /// Of those, cases that broke for the same reason.
    static let detailedAlike = 50
    /// Bytes of all details together; the last case may go beyond.
    static let maximumDetails = 16 << 20

    /// Where the page is written, as the command line names it: links to evidence begin there.
    private let path: String
    /// Protocols, for the captures that can be taken from the page.
    private let definitions: [Definition]
    private var heads: [RunHead] = []
    private var rows: PageRows
    private var details = 0
    private var detailBytes = 0
    /// Cases with details by the reason why they broke: at most as many as have details.
    private var alike: [String: Int] = [:]
    /// Cases that did not pass and have none.
    private var untold = 0

    /// Not begun. `path` is the page's own, as the command line names it; `definitions` are the protocols that are
    /// known.
    init(path: String = "", definitions: [Definition] = []) {
        self.path = path
        rows = PageRows(page: path)
        self.definitions = definitions
    }

    /// Writes the head of the page, its style, and what is known of the runs.
    mutating func begin(_ runs: [RunHead], to out: inout ReportBuffer) {
        heads = runs
        out.pending += Page.frame.head(title: runs.map(\.target).joined(separator: ", "))
        PageData.begin(runs, to: &out.pending)
    }
    /// A row, and details where there are some to tell.
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
    /// Writes the rows that are left, how the runs ended, and the script.
    mutating func end(_ ends: [RunEnd], to out: inout ReportBuffer) {
        rows.flush(to: &out.pending)
        PageData.end(ends, untold: untold, withoutSteps: rows.withoutSteps, to: &out.pending)
        out.pending += Page.frame.foot
    }
}
