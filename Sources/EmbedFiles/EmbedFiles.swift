import Foundation
import PackagePlugin

/// A plugin that writes files into a source file, so that the program needs no other files: the specifications and the
/// vectors for `EmbeddedFiles`, and for any other target the files of its folders `Embedded`.
///
/// Text becomes string literals. `.embedInCode` makes arrays of numbers, which took the compiler 37 seconds for the pages
/// and the dissectors.
///
/// SwiftPM runs a plugin when it plans a build. A change inside `Spec` or `Vectors` alone makes no new plan, so that the
/// next build still has the old files. A clean build, or any change of Package.swift, makes a new plan. A test fails when
/// one is needed.
@main
struct EmbedFiles: BuildToolPlugin {
    static let folders = ["Spec", "Vectors"]
    struct NotText: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path) is not UTF-8: only text can be embedded" }
    }

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        try target.name == "EmbeddedFiles" ? specifications(context) : [resources(of: target, context)]
    }
    /// Writes `PackageResources`, with a constant for each file of the folders `Embedded` of a target.
    private func resources(of target: any Target, _ context: PluginContext) throws -> Command {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: target.directoryURL.path).sorted()
        let files = paths.filter { $0.contains("/Embedded/") }.map { target.directoryURL.appending(path: $0) }
        let made = context.pluginWorkDirectoryURL.appending(path: "PackageResources.swift")
        let script = #"""
            out=$1; shift
            {
                echo 'enum PackageResources {'
                for file; do
                    name=${file##*/}
                    echo "    static let $(echo "$name" | tr .- __) = bytes("'"""'
                    sed 's/[\\"]/\\&/g' "$file"
                    echo
                    echo '""")'
                done
                echo '    private static func bytes(_ text: StaticString) -> [UInt8] { text.withUTF8Buffer { Array($0) } }'
                echo '}'
            } >"$out"
            """#
        return .buildCommand(
            displayName: "Embed files of \(target.name)", executable: URL(filePath: "/bin/sh"),
            arguments: ["-c", script, "sh", made.path] + files.map(\.path), inputFiles: files, outputFiles: [made])
    }
    private func specifications(_ context: PluginContext) throws -> [Command] {
        let root = context.package.directoryURL
        let made = context.pluginWorkDirectoryURL.appending(path: "made")
        var text = ""
        var index = ""
        var offset = 0
        for folder in Self.folders {
            for name in try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).sorted()
            {
                let path = "\(folder)/\(name)"
                let file = root.appending(path: path)
                guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
                // Skip hidden files, and the files that Python writes when a tutorial runs.
                if name.split(separator: "/").contains(where: { $0.hasPrefix(".") || $0 == "__pycache__" }) { continue }
                let bytes = try Data(contentsOf: file)
                guard let content = String(data: bytes, encoding: .utf8) else { throw NotText(path: path) }
                text += content
                index += "\(path)\t\(offset)\t\(bytes.count)\n"
                offset += bytes.count
            }
        }
        // Write several lines, because the compiler prints the whole line of a diagnostic.
        let source = """
            let embeddedIndex: StaticString = \"""
            \(Self.escaped(index))
            \"""
            let embeddedText: StaticString = \"""
            \(Self.escaped(text))
            \"""

            """
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        let file = made.appending(path: "Embedded.swift")
        // The compiler would compile a newer file again, even without a difference.
        if (try? String(contentsOf: file, encoding: .utf8)) != source {
            try source.write(to: file, atomically: true, encoding: .utf8)
        }
        // The file exists. The command only declares its path.
        return [
            .prebuildCommand(
                displayName: "Embed Spec and Vectors", executable: URL(filePath: "/bin/sh"), arguments: ["-c", ":"],
                outputFilesDirectory: made)
        ]
    }
    /// Returns the text for a multi-line literal, which accepts no control characters except line ends.
    private static func escaped(_ text: String) -> String {
        var out = ""
        out.unicodeScalars.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out.unicodeScalars.append(scalar)
            case "\\", "\"": out += "\\" + String(scalar)
            case "\0"..<" ", "\u{7f}": out += "\\u{\(String(scalar.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
