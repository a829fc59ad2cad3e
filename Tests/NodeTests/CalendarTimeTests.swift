import Node
import Testing

@Suite struct CalendarTimeTests {
    /// Dates before 1970 and around leap days.
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
            (1_709_251_199_500_000_000, "2024-02-29T23:59:59.500000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
        ] as [(Int64, String)])
    func writesDates(nanoseconds: Int64, text: String) {
        let time = CalendarTime(nanoseconds: nanoseconds)
        #expect(time.text(decimals: 9) == text && time.text(decimals: 0) == text.prefix(19) + "Z")
    }
}
