import Crypto
import Wire

// Faults in the opening handshake. A fault in reading replaces a head with the head that the node reads.
extension Misbehaviour {
    /// Returns the request or response that the faulty node reads instead of these bytes.
    func heard(_ head: [UInt8]) -> [UInt8] {
        var lines = String(decoding: head, as: UTF8.self).split(
            separator: "\r\n" as Character, omittingEmptySubsequences: false
        )
        .map(String.init)
        switch self {
        case .methodNotChecked: lines[0] = "GET" + lines[0].drop { $0 != " " }
        case .lenientRequestLine:
            let words = lines[0].split(separator: " ")
            if words.count > 3 { lines[0] = [words[0], words[1], words[words.count - 1]].joined(separator: " ") }
        case .upgradeNotChecked: lines = Self.setting("Upgrade", "websocket", lines)
        case .connectionNotChecked: lines = Self.setting("Connection", "Upgrade", lines)
        case .keyNotChecked: lines = Self.setting("Sec-WebSocket-Key", Self.anyKey, lines)
        case .versionNotChecked: lines = Self.setting("Sec-WebSocket-Version", "13", lines)
        case .spaceBeforeColonTaken:
            lines = lines.map { line in
                guard let colon = line.firstIndex(of: ":") else { return line }
                return line[..<colon].split { $0 == " " || $0 == "\t" }.joined() + line[colon...]
            }
            // This node ignores the field in such a head.
            lines.removeAll { Self.isNamed($0, "Content-Length") }
        case .hostNotChecked: if !lines.contains(where: { Self.isNamed($0, "Host") }) { lines.insert("Host: a", at: 1) }
        case .secondHostTaken: lines = Self.keepingFirst("Host", lines)
        case .contentLengthNotChecked: lines.removeAll { Self.isNamed($0, "Content-Length") }
        case .lastContentLengthTaken:
            if lines.count(where: { Self.isNamed($0, "Content-Length") }) > 1 {
                lines.removeAll { Self.isNamed($0, "Content-Length") }
            }
        case .foldedLinesJoined:
            for i in lines.indices.dropFirst(2).reversed() where lines[i].first == " " || lines[i].first == "\t" {
                lines[i - 1] += lines[i].drop { $0 == " " || $0 == "\t" }
                lines.remove(at: i)
            }
        default: return head
        }
        return Array(lines.joined(separator: "\r\n").utf8)
    }
    private static let anyKey = "dGhlIHNhbXBsZSBub25jZQ=="
    private static func isNamed(_ line: String, _ name: String) -> Bool {
        line.lowercased().hasPrefix(name.lowercased() + ":")
    }
    private static func setting(_ name: String, _ value: String, _ lines: [String]) -> [String] {
        var lines = lines.filter { !isNamed($0, name) }
        lines.insert("\(name): \(value)", at: min(1, lines.count))
        return lines
    }
    private static func keepingFirst(_ name: String, _ lines: [String]) -> [String] {
        var isFirst = true
        return lines.filter {
            guard isNamed($0, name) else { return true }
            defer { isFirst = false }
            return isFirst
        }
    }

    /// Applies the fault to the response to a request with this key.
    func spoil(_ response: inout UpgradeResponse, key: String) {
        func prove(_ text: String) {
            response.headers = response.headers.map {
                $0.name.string() == "Sec-WebSocket-Accept" ? HeaderField("Sec-WebSocket-Accept", text) : $0
            }
        }
        /// Changes the answer to an offer of compression.
        func answer(_ change: (inout Extension) -> Void) {
            response.headers = response.headers.map {
                guard $0.name.string() == "Sec-WebSocket-Extensions",
                    var agreed = Extension.list($0.value.string())?.first
                else { return $0 }
                change(&agreed)
                return HeaderField("Sec-WebSocket-Extensions", agreed.text)
            }
        }
        let agrees = response.status.string() == "101"
        switch self {
        case .wrongStatus: if agrees { response.status = "200" }
        case .connectionMissing: if agrees { response.headers.removeAll { $0.name.string() == "Connection" } }
        case .acceptTwice: if agrees { response.headers.append(response.headers[2]) }
        case .compressesUnasked:
            guard agrees, !response.headers.contains(where: { $0.name.string() == "Sec-WebSocket-Extensions" }) else {
                return
            }
            response.headers.append(HeaderField("Sec-WebSocket-Extensions", DeflateNegotiation.name))
        case .acceptOfLowerCase: prove(AcceptKey.answering(key.lowercased()))
        case .acceptOfTrimmedKey: prove(AcceptKey.answering(String(key.prefix { $0 != "=" })))
        case .acceptOfDecodedKey:
            let bytes = Base64.decode(Array(key.utf8)) ?? []
            prove(Base64.encode(SHA1.hash(bytes + Array(AcceptKey.suffix.utf8))))
        case .acceptInHex: prove(SHA1.hash(Array((key + AcceptKey.suffix).utf8)).hex)
        case .acceptGUIDLowerCase: prove(Base64.encode(SHA1.hash(Array((key + AcceptKey.suffix.lowercased()).utf8))))
        case .versionsNotTold: response.headers.removeAll { $0.name.string() == "Sec-WebSocket-Version" }
        case .windowNotConfirmed: answer { $0.parameters.removeAll { $0.name == "server_max_window_bits" } }
        case .windowWidened:
            answer { agreed in
                for i in agreed.parameters.indices where agreed.parameters[i].name == "server_max_window_bits" {
                    agreed.parameters[i].value = "15"
                }
            }
        case .clientWindowUnasked:
            answer { agreed in
                guard !agreed.parameters.contains(where: { $0.name == "client_max_window_bits" }) else { return }
                agreed.parameters.append(.init(name: "client_max_window_bits", value: "12"))
            }
        case .longHeadIsOurs: if response.status.string() == "431" { response.status = "500" }
        default: break
        }
    }
    /// Applies the fault to a client's request.
    func spoil(_ request: inout Upgrade, key: String) {
        func set(_ name: String, _ value: String) {
            request.headers = request.headers.map { $0.name.string() == name ? HeaderField(name, value) : $0 }
        }
        let bytes = Base64.decode(Array(key.utf8)) ?? []
        switch self {
        case .requestOfHTTP10: request.version = "HTTP/1.0"
        case .requestWithoutHost: request.headers.removeAll { $0.name.string() == "Host" }
        case .oldVersion: set("Sec-WebSocket-Version", "8")
        case .shortKey: set("Sec-WebSocket-Key", Base64.encode(Array(bytes.dropLast())))
        case .keyNotEncoded: set("Sec-WebSocket-Key", bytes.hex)
        default: break
        }
    }
    /// Returns the offer of compression that the faulty node reads instead of this one.
    func heard(_ offer: Extension) -> Extension {
        var out = offer
        switch self {
        case .unknownParameterTaken: out.parameters.removeAll { !DeflateNegotiation.knows($0.name) }
        case .windowBitsNotChecked: out.parameters.removeAll { $0.name.hasSuffix("_max_window_bits") }
        default: break
        }
        return out
    }
}
