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
    struct NotPacked: Error, CustomStringConvertible {
        var path: String
        var description: String { "gzip or base64 failed for \(path): the build needs both programs" }
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
    /// Writes the index and the texts of `EmbeddedFiles`. The files of one folder of `Spec` or `Vectors` are one gzip file in
    /// base64.
    private func specifications(_ context: PluginContext) throws -> [Command] {
        let root = context.package.directoryURL
        var index = ""
        var folders: [(name: String, content: Data)] = []
        for top in Self.folders {
            for name in try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: top).path).sorted() {
                let path = "\(top)/\(name)"
                let file = root.appending(path: path)
                guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
                // Skip hidden files, and the files that Python writes when a tutorial runs.
                let parts = name.split(separator: "/")
                if parts.contains(where: { $0.hasPrefix(".") || $0 == "__pycache__" }) { continue }
                let content = try Data(contentsOf: file)
                guard String(data: content, encoding: .utf8) != nil else { throw NotText(path: path) }
                let folder = parts.count > 1 ? "\(top)-\(parts[0])" : top
                let place = folders.firstIndex { $0.name == folder } ?? folders.count
                if place == folders.count { folders.append((folder, Data())) }
                index += "\(path)\t\(place)\t\(folders[place].content.count)\t\(content.count)\n"
                folders[place].content += content
            }
        }
        // Write several lines, because the compiler prints the whole line of a diagnostic.
        var source = "let embeddedIndex: StaticString = \"\"\"\n\(Self.escaped(index))\n\"\"\"\n"
        source += "let embeddedFolders: [StaticString] = [\n"
        let packed = context.pluginWorkDirectoryURL.appending(path: "packed")
        try FileManager.default.createDirectory(at: packed, withIntermediateDirectories: true)
        for folder in folders {
            source += "\"\"\"\n\(try pack(folder.content, at: packed.appending(path: folder.name)))\"\"\",\n"
        }
        source += "]\n"
        let made = context.pluginWorkDirectoryURL.appending(path: "made")
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
    /// Returns the gzip file of a content in base64. The content and the result stay at `place`, for the next build.
    private func pack(_ content: Data, at place: URL) throws -> String {
        let result = place.appendingPathExtension("txt")
        if (try? Data(contentsOf: place)) != content || !FileManager.default.fileExists(atPath: result.path) {
            try content.write(to: place)
            let script = #"set -e; gzip -9nc "$1" >"$1.gz"; base64 -w 120 "$1.gz" >"$2""#
            let process = try Process.run(
                URL(filePath: "/bin/sh"), arguments: ["-c", script, "sh", place.path, result.path])
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw NotPacked(path: place.path) }
        }
        return try String(contentsOf: result, encoding: .utf8)
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
