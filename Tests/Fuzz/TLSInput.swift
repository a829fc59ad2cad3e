import COpenSSL
import Node
import WebSocket
import Wire

@testable import TLS

/// TLS records and key logs.
enum TLSInput {
    private static let random = [UInt8](repeating: 7, count: 32)
    private static let keys: (client: [UInt8], server: [UInt8]) = (
        [UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)
    )
    private static let secrets: Secrets = {
        let all = Secrets()
        all.add(Secret("CLIENT_TRAFFIC_SECRET_0", of: random, keys.client))
        all.add(Secret("SERVER_TRAFFIC_SECRET_0", of: random, keys.server))
        return all
    }()
    /// Both hellos of TLS 1.3 with AES-128-GCM, each in a record.
    private static let hellos: (client: [UInt8], server: [UInt8]) = {
        var versions = Extension()
        versions.type = .supportedVersions
        var chosen = SupportedVersions()
        chosen.chosen = .tls13
        versions.versions = chosen
        var list = ExtensionList()
        list.entries = [versions]
        var server = ServerHello()
        server.extensions = list
        var client = ClientHello()
        client.header.random = Key32(repeating: 7)
        client.offer.suites = [.aes128GCM]
        return (record(.handshake, client.encoded()), record(.handshake, server.encoded()))
    }()
    private static func record(_ type: ContentType, _ content: [UInt8]) -> [UInt8] {
        var record = Record()
        record.type = type
        record.fragment = Bytes(content)
        return record.encoded()
    }

    /// Decodes a connection. The first byte selects whether the hellos come before the pieces. It also selects
    /// whether each piece is the content of an encrypted record, with the type of the content at the end.
    static func capture(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var pieces = Array(input[1...])
        if first & 2 != 0 {
            var rest = pieces[...]
            var out: [UInt8] = []
            var numbers: [UInt64] = [0, 0]
            while let piece = PacketInput.next(&rest) {
                let side = Int(piece.flags & 1)
                let sealed = seal(piece.bytes, side == 0 ? keys.client : keys.server, numbers[side])
                numbers[side] += 1
                out += [piece.flags, UInt8(sealed.count & 0xff), UInt8(sealed.count >> 8)] + sealed
            }
            pieces = out
        }
        var webSocket = Definition.webSocket
        webSocket.reading.layers = webSocket.reading.layers?.secured(isBottom: false)
        StreamInput.run(
            pieces, .tls, port: 443, before: first & 1 == 0 ? hellos : ([], []), beside: [webSocket], secrets)
    }
    /// Returns an encrypted TLS 1.3 record with this content, which ends with the content type.
    private static func seal(_ content: [UInt8], _ secret: [UInt8], _ number: UInt64) -> [UInt8] {
        guard let keys = TrafficKeys(.aes128GCM, secret: secret), let context = EVP_CIPHER_CTX_new() else { return [] }
        defer { EVP_CIPHER_CTX_free(context) }
        var nonce = keys.iv
        for i in 0..<8 { nonce[11 - i] ^= UInt8(truncatingIfNeeded: number >> (8 * UInt64(i))) }
        let size = content.count + AEAD.aes128GCM.tagSize
        let head: [UInt8] = [ContentType.applicationData.rawValue, 3, 3, UInt8(size >> 8 & 0xff), UInt8(size & 0xff)]
        var out = content
        var tag = [UInt8](repeating: 0, count: AEAD.aes128GCM.tagSize)
        var done: Int32 = 0
        EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, keys.key, nonce)
        EVP_EncryptUpdate(context, nil, &done, head, Int32(head.count))
        EVP_EncryptUpdate(context, &out, &done, content, Int32(content.count))
        EVP_EncryptFinal_ex(context, nil, &done)
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag)
        return head + out + tag
    }

    /// Checks that a key log reads the same in one piece and in small pieces. The secrets must form a valid key log
    /// again.
    static func keyLog(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let text = Array(input[1...])
        let (whole, told) = read(text, pieces: max(1, text.count))
        let (cut, again) = read(text, pieces: 1 + Int(first))
        Property.check(whole.all() == cut.all() && told == again, "in pieces: \(told) \(again)")
        for line in told { Property.checkPrintable(Array(line.utf8), "a complaint") }
        let lines = whole.keyLog ?? []
        let (written, faults) = read(lines, pieces: max(1, lines.count))
        Property.check(written.all() == whole.all() && faults.isEmpty, "written again: \(faults)")
    }
    private static func read(_ text: [UInt8], pieces: Int) -> (Secrets, [String]) {
        var log = KeyLog("keys")
        let secrets = Secrets()
        for start in stride(from: 0, to: text.count, by: pieces) {
            log.read(text[start..<min(text.count, start + pieces)], into: secrets)
        }
        log.finish(into: secrets)
        return (secrets, log.takeComplaints())
    }
}
