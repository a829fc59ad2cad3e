import Testing
import Wire

@testable import Report
@testable import Scenario

/// The place in the source code where a result appears.
struct ResultPlaceTests {
    func place(_ file: String, given: String? = nil) throws -> ResultPlace {
        var r = try Samples.record("fail", .fail)
        r.file = file
        r.failure?.file = file
        var head = Samples.head
        head.place = given
        return ResultPlace(r, head)
    }
    /// The place of a user's scenario is the scenario, even if another place was given.
    @Test(arguments: [nil, "conformance/target.yaml"]) func ownScenario(_ given: String?) throws {
        let p = try place("mine/a.yaml", given: given)
        #expect(p.file == "mine/a.yaml" && p.line == 11 && p.column == 64 && p.endColumn == 74 && p.scenario == nil)
    }
    /// A scenario of the program appears at the file that represents the node.
    @Test(arguments: ["meshspec:/Spec/nano/a.yaml", "/usr/share/meshspec/Spec/nano/a.yaml"])
    func installed(_ file: String) throws {
        let p = try place(file, given: "conformance/target.yaml")
        #expect(p.file == "conformance/target.yaml" && p.line == 1 && p.column == nil)
        #expect(p.scenario == "\(file):11:64")
    }
    @Test func nothingGiven() throws {
        let p = try place("meshspec:/Spec/nano/a.yaml")
        #expect(!p.isFile && p.line == 11 && p.scenario == "meshspec:/Spec/nano/a.yaml:11:64")
        let own = try place("/tmp/a.yaml")
        #expect(own.file == "/tmp/a.yaml" && own.isFile && own.line == 11 && own.scenario == nil)
    }
    /// Both formats and the results file have the place.
    @Test func formats() throws {
        var r = try Samples.record("fail", .fail)
        r.file = "meshspec:/Spec/nano/a.yaml"
        r.failure?.file = r.file
        var head = Samples.head
        head.place = "target.yaml"
        let gitHub = Samples.text(.github, [r], head: head)
        #expect(gitHub.hasPrefix("::error file=target.yaml,line=1,endLine=1,title=NANO-16 MUST nano.made.fail::"))
        #expect(gitHub.contains("%0Aat meshspec:/Spec/nano/a.yaml:11:64%0A"))
        let sarif = Samples.text(.sarif, [r], head: head)
        #expect(sarif.contains(#""uri":"target.yaml","uriBaseId":"%SRCROOT%""#) && sarif.contains(#""startLine":1"#))
        head.place = nil
        #expect(Samples.text(.github, [r], head: head).hasPrefix("::error title=NANO-16"))
        let bare = Samples.text(.sarif, [r], head: head)
        #expect(bare.contains(#""uri":"meshspec:/Spec/nano/a.yaml"}"#) && bare.contains(#""startLine":11,"#))
    }
}
