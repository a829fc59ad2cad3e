import Glibc
import Network
import Testing

@testable import Scenario

/// Commands with placeholders for values. The shell never parses a value.
struct ShellTemplateTests {
    func fill(_ text: String, _ value: String = "v") -> ShellText {
        ShellTemplate(text).filled { $0 == "x" ? ShellText(value: value, of: $0) : nil }
    }
    @Test func aPlaceIsAVariable() {
        let filled = fill("run --at={x} {y}", "a b; $(rm)")
        #expect(filled.command == "run --at=\"${MESHSPEC_ARG_x}\" {y}")
        #expect(filled.variables == ["MESHSPEC_ARG_x": "a b; $(rm)"])
        #expect(filled.shown == "run --at='a b; $(rm)' {y}")
        // Placeholders inside a value have no effect.
        #expect(fill("{x}", "{x}").shown == "'{x}'")
        #expect(ShellTemplate.variable("a-b.ä") == "MESHSPEC_ARG_a_b__")
    }
    @Test(arguments: [
        "run {x}", "run 'it''s' {x}", "run \"a\" {x}", "a=$(run {x})", "echo \"$(run {x})\"",
        "echo \"$(run \"a\" {x})\" {x}",
        "echo ${a:-'}'} {x}", "echo ${a:+--b $a} {x}", "echo \\\" {x}", "echo \\' {x}", "echo # it's\n {x}",
        "echo a#' {x '{x}",
        "(cd a; run {x})", "echo $((1 + 2)) {x}", "echo $(( (1) + 2)) {x}", "cat <<<{x}", "echo `date` {x}",
        "echo ${a:-{x}}", "echo \\a{x}", "echo $({x})", "echo `date`{x}", "cat <<<a{x}", "echo '' {x}",
    ]) func good(_ text: String) {
        let template = ShellTemplate(text)
        #expect(template.names.contains("x") && template.problem { $0 == "x" } == nil, "\(text)")
    }
    @Test(arguments: [
        ("run '{x}'", "quotes"), ("run \"{x}\"", "quotes"), ("run \"a {x} b\"", "quotes"),
        ("sh -c 'run {x}'", "quotes"),
        ("sh -c \"run {x}\"", "quotes"), ("echo \"${a:-{x}}\"", "quotes"), ("echo \"$(run '{x}')\"", "quotes"),
        ("echo \"$(run a)\"'{x}'", "quotes"), ("cat <<EOF\n{x}\nEOF", "here-document"),
        ("cat <<'EOF'\n{x}\nEOF", "here-document"), ("echo $(({x} + 1))", "arithmetic"),
        ("echo `run {x}`", "backquotes"),
        ("echo \"`run {x}`\"", "backquotes"), ("echo $'a\\'' {x}", "$'...'"), ("run 'open {x}", "quotes"),
    ]) func refused(_ text: String, _ why: String) {
        let template = ShellTemplate(text)
        let problem = template.problem { $0 == "x" }
        let begins = why == "here-document" || why == "$'...'" ? "`{x}` follows " : "`{x}` is inside "
        #expect(problem?.contains(why) == true && problem?.hasPrefix(begins) == true, "\(text)")
        // Braces that are not a placeholder belong to the author's command.
        #expect(template.problem { $0 == "y" } == nil)
        #expect(fill(text).command == text)
    }
    @Test(arguments: ["${x}", "echo \\{x}", "# {x}", "awk '{ x }'", "{x", "{}", "a; # it {x}\n"]) func none(
        _ text: String
    ) {
        #expect(ShellTemplate(text).names == [])
        #expect(fill(text).command == text)
    }
    /// The value arrives unchanged at real shells, at each place where a placeholder may be.
    @Test(arguments: [
        "plain", "", "a b", "$(echo no)", "`echo no`", "; echo no", "' ; echo no; '", "\" ; echo no; \"", "$HOME", "*",
        "a\nb",
        "\\", "-n", "}", "ä", "| cat", "&", "#", "a'\"$(x)`y`\\",
    ]) func shells(_ value: String) throws {
        for text in [
            "printf %s {x}", "a={x}; printf %s \"$a\"", "printf %s \"$(printf %s {x}; printf .)\"", "(printf %s {x})",
            "sh -c 'printf %s \"$MESHSPEC_ARG_x\"' {x}", "case {x} in *) printf %s {x};; esac",
            "printf %s ${none:-{x}}",
        ] {
            let template = ShellTemplate(text)
            #expect(template.problem { $0 == "x" } == nil)
            let wanted = text.contains("printf .") ? value + "." : value
            let filled = fill(text, value)
            #expect(try said(filled.command, filled.variables) == wanted, "\(text)")
            // The shown command does the same, except for commands that read the variable themselves.
            if !text.hasPrefix("sh") { #expect(try said(filled.shown, [:]) == wanted, "\(text)") }
        }
    }
    func said(_ command: String, _ variables: [String: String]) throws -> String {
        let p = try Subprocess(command, folder: "/", variables: variables, printing: .kept)
        for _ in 0..<5000 where p.exitStatus == nil { usleep(1000) }
        #expect(p.exitStatus == 0, "\(command)")
        // On a busy machine the thread that reads the output may be late.
        for _ in 0..<50 where p.printed.isEmpty { usleep(1000) }
        return p.printed
    }
}
