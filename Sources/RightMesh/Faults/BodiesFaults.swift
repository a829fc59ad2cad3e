internal import Node

extension Misbehaviour {
    /// What is taken and refused by sections and records.
    static let bodiesFaults: [Bug] = [
        .init(.acceptsTrailingSection, "RM-12", "takes bodies with bytes behind the last section that are no section"),
        .init(.acceptsSectionZero, "RM-12", "takes bodies with a section of type 0"),
        .init(.acceptsUnorderedSections, "RM-12", "takes sections in any order"),
        .init(.acceptsDoubleSection, "RM-12", "takes bodies with a section twice"),
        .init(.acceptsShortRecords, "RM-12", "takes sections with records that are shorter than the least"),
        .init(.acceptsShortRecordsWhenEmpty, "RM-12", "takes a rec_len below the least in a section without records"),
        .init(.acceptsCritical, "RM-62", "passes over sections that it must know"),
        .init(.acceptsCritical128, "RM-62", "passes over section 128, as if the critical ones began at 129"),
        .init(.refusesSection127, "RM-62", "refuses section 127, as if the critical ones began there"),
        .init(.refusesUnknownSection, "RM-62", "refuses messages with any section that it does not know"),
        .init(.refusesSectionFlags, "RM-62", "refuses messages with flags of sections that it does not know"),
        .init(.snapshotByWholeByte, "RM-62", "knows SNAPSHOT only when no other flag is set"),
        .init(.refusesRecordFlags, "RM-62", "refuses messages with flags of records that it does not know"),
        .init(.refusesLongRecords, "RM-62", "refuses messages with records that are longer than it knows"),
        .init(.refusesOtherSections, "RM-12", "refuses messages with known sections that they do not call for"),
        .init(.acceptsNoMandatory, "RM-46", "answers messages without their mandatory section"),
        .init(.acceptsFindWithoutRecords, "RM-46", "answers a FIND with an empty list of targets"),
        .init(.acceptsSignatureFirst, "RM-47", "takes a SIGNATURE with sections behind it"),
        .init(.acceptsSignatureCount, "RM-47", "takes a SIGNATURE with no record or several"),
        .init(.acceptsShortSignature, "RM-47", "takes a SIGNATURE of 64 bytes"),
        .init(.refusesSignature, "RM-47", "refuses messages that are signed"),
        .init(.refusesLongSignature, "RM-62", "refuses a SIGNATURE of more than 65 bytes"),
        .init(.signatureByNumber, "RM-47", "wants SIGNATURE where its number is, before unknown sections"),
        .init(.refuses65536Records, "RM-56", "refuses messages of exactly 65,536 records"),
        .init(.accepts65537Records, "RM-56", "takes messages of more than 65,536 records"),
        .init(.countsUnknownRecords, "RM-56", "counts the records of unknown sections against the limit"),
    ]
}
