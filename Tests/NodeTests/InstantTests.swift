import Node
import Testing

@Test func instantsAddAndSubtract() {
    let t = Instant(nanoseconds: 5_000_000_000)
    #expect(
        t + .seconds(2) == Instant(nanoseconds: 7_000_000_000)
            && t + .milliseconds(-1) == Instant(nanoseconds: 4_999_000_000))
    #expect(t - .zero == .seconds(5) && .zero - t == .seconds(-5) && t > .zero && .never > t)
    #expect(t + .nanoseconds(1) > t)
}

@Test func instantsSaturate() {
    let t = Instant(nanoseconds: 5_000_000_000)
    #expect(t + .seconds(Int64.max) == .never && .never + .seconds(1) == .never)
    #expect(Instant.never + .nanoseconds(1) == .never && t + .seconds(Int64.min) == .zero)
    #expect(Instant.zero + .seconds(-1) == .zero, "nothing is before the beginning")
    #expect(Duration.seconds(Int64.max).nanoseconds == .max && Duration.seconds(Int64.min).nanoseconds == .min)
    #expect(Duration.seconds(-1).nanoseconds == -1_000_000_000 && Duration.microseconds(250).nanoseconds == 250_000)
    #expect(Duration(secondsComponent: 0, attosecondsComponent: 999_999_999).nanoseconds == 0)
}
