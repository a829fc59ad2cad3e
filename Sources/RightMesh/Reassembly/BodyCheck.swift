import Wire

/// A check of a rejoined body that does not look into its records. It rejects the bodies that the descriptions of
/// messages reject, and returns the counter.
enum BodyCheck {
    /// Returns nil if the body is valid for a message of this type; with a seeded fault.
    static func fault(_ body: RawSpan, of type: MessageType, _ bug: Misbehaviour? = nil) -> Counter? {
        var at = 0
        var last: SectionKind?
        var records = 0
        var hasMandatory = false
        while at < body.byteCount {
            guard let section = SectionHeader(body, at: at) else { return .malformed }
            let (kind, length, count) = (section.kind, section.recLen, section.count)
            at += SectionHeader.size
            guard kind.rawValue != 0, last != .signature else { return .malformed }
            if let last, kind != .signature, kind.rawValue <= last.rawValue { return .malformed }
            last = kind
            if let least = kind.leastRecord, length < least { return .malformed }
            guard section.content <= body.byteCount - at else { return .malformed }
            at += section.content
            guard kind.leastRecord != nil else {
                if kind.isCritical { return .unknownSection }
                if bug == .countsUnknownRecords, records + count > Limits.records { return .tooBig }
                continue
            }
            if kind == .signature, count != 1 { return .malformed }
            records += count
            let most = bug == .refuses65536Records ? Limits.records - 1 : Limits.records
            guard records <= most || bug == .accepts65537Records else { return .tooBig }
            if kind == type.mandatory { hasMandatory = type != .find || count > 0 }
        }
        return hasMandatory ? nil : .malformed
    }
}
