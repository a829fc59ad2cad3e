/// Scripts with which a shell completes commands and their options, generated from the commands.
enum Completion: String, CaseIterable {
    case bash
    case zsh
    case fish

    /// The path where the shell looks for the script, below the prefix of an installation.
    var path: String {
        switch self {
        case .bash: "share/bash-completion/completions/meshspec"
        case .zsh: "share/zsh/site-functions/_meshspec"
        case .fish: "share/fish/vendor_completions.d/meshspec.fish"
        }
    }
    func script(_ commands: [Command]) -> String {
        switch self {
        case .bash: Self.bash(commands)
        case .zsh: Self.zsh(commands)
        case .fish: Self.fish(commands)
        }
    }
    private static func bash(_ commands: [Command]) -> String {
        let all = commands.map(\.name).joined(separator: " ")
        let cases = commands.map { c in
            let options = c.options + [.help]
            let valued = options.filter { $0.value != nil }.flatMap(\.names).joined(separator: "|")
            let names = options.flatMap(\.names).joined(separator: " ")
            return """
                    \(c.name)) options="\(names)"; valued="\(valued)"
                        ;;
                """
        }.joined(separator: "\n")
        return """
            # Completion of meshspec for bash.
            _meshspec() {
                local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" options="" valued=""
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ]; then
                    COMPREPLY=($(compgen -W "\(all) help --help --version" -- "$word"))
                    return
                fi
                case "${COMP_WORDS[1]}" in
                    help) COMPREPLY=($(compgen -W "\(all) \(HelpTopic.all.map(\.name).joined(separator: " "))" -- "$word"))
                        return
                        ;;
            \(cases)
                esac
                case "|$valued|" in
                    *"|$before|"*)
                        COMPREPLY=($(compgen -f -- "$word"))
                        return
                        ;;
                esac
                case "$word" in
                    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
                    *) COMPREPLY=($(compgen -f -- "$word")) ;;
                esac
            }
            complete -o filenames -F _meshspec meshspec

            """
    }
    private static func zsh(_ commands: [Command]) -> String {
        let all = commands.map { "        \(quoted("\($0.name):\($0.summary)"))" }.joined(separator: "\n")
        let cases = commands.map { c in
            let specs = (c.options + [.help]).flatMap { o in
                o.names.map { name in
                    // `*`: the option is repeatable. `:value:_files`: a value follows.
                    let repeats = o.isRepeatable ? "*" : ""
                    let value = o.value.map { ":\(bare($0)):_files" } ?? ""
                    return quoted("\(repeats)\(name)[\(bare(o.summary))]\(value)")
                }
            }
            return "        \(c.name)) _arguments \((specs + ["'*:file:_files'"]).joined(separator: " ")) ;;"
        }.joined(separator: "\n")
        return """
            #compdef meshspec
            # Completion of meshspec for zsh.
            _meshspec() {
                local -a commands
                commands=(
            \(all)
                )
                if (( CURRENT == 2 )); then
                    _describe command commands
                    return
                fi
                local command=$words[2]
                shift words
                (( CURRENT-- ))
                case $command in
            \(cases)
                esac
            }
            _meshspec "$@"

            """
    }
    private static func fish(_ commands: [Command]) -> String {
        var out = "# Completion of meshspec for fish.\n"
        for c in commands {
            out += "complete -c meshspec -n __fish_use_subcommand -f -a \(c.name) -d \(quoted(c.summary))\n"
        }
        for c in commands {
            for o in c.options + [.help] {
                let names = o.names.map { name in
                    name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst())"
                }.joined(separator: " ")
                let value = o.value == nil ? "" : " -r"
                out += "complete -c meshspec -n '__fish_seen_subcommand_from \(c.name)' \(names)\(value)"
                out += " -d \(quoted(o.summary))\n"
            }
        }
        return out
    }
    /// Returns the text in single quotes, in a form that all three shells understand.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
    /// Escapes the characters that would end a part of a zsh specification.
    private static func bare(_ text: String) -> String {
        var out = ""
        for c in text {
            if "[]:\\".contains(c) { out.append("\\") }
            out.append(c)
        }
        return out
    }
}
