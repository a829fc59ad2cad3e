import Node

extension Limits {
    /// Returns the limits of a node with this fault.
    func spoiled(by bug: Misbehaviour?, isDev: Bool) -> Self {
        var l = self
        switch bug {
        case .noCookieExpiry: l.cookieLifetime = .seconds(1 << 30)
        case .cookieDiesEarly: (l.cookieLifetime, l.cookiePurge) = (.seconds(2), .milliseconds(100))
        case .cookieDiesSlightlyEarly: (l.cookieLifetime, l.cookiePurge) = (.seconds(4), .milliseconds(100))
        case .cookieLivesLong: l.cookieLifetime = .seconds(8)
        case .idleTimeoutEarly: l.idle = l.idle / 2
        case .idleTimeoutSlightlyEarly: l.idle = l.idle * 3 / 4
        case .idleTimeoutLate: l.idle = l.idle * 2
        case .keepaliveSlow: l.keepalivePeriod = l.keepalivePeriod * 3
        case .contactsLate: l.mergePeriod = .seconds(isDev ? 4 : 12)
        case .attemptsForEver: l.attemptMemory = .seconds(1 << 30)
        case .attemptForgottenEarly: l.attemptMemory = l.attemptMemory / 5
        case .addressLimitHigh: l.connectionsPerAddress += 1
        case .addressLimitLow: l.connectionsPerAddress -= 1
        case .historyLate: l.historyPeriod = .seconds(isDev ? 20 : 1200)
        case .silenceEarly: l.silence = .seconds(90)
        case .silenceLate: l.silence = .seconds(150)
        case .duplicatesForgotten: l.duplicates = .seconds(10)
        case .telemetryLate: l.telemetryPeriod = .seconds(isDev ? 3 : 100)
        default: break
        }
        return l
    }
}
