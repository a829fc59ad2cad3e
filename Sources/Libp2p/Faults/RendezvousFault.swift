public import Node

/// A fault that a rendezvous point or its client can have. The text after the colon describes it.
public enum RendezvousFault: String, SeededFault {
    public static let named = byName()

    // The point
    case discoversOtherNamespaces = "GS-126: lists peers of other namespaces"
    case discoversNobodyAtLarge = "GS-126: lists no peers if the request names no namespace"
    case recordNotTold = "GS-126: lists peers without their records"
    case acceptsForeignRecord = "GS-127: registers the record of another peer"
    case acceptsWrongRecord = "GS-127: does not check records"
    case ignoresTTLLimit = "GS-128: registers peers for any duration"
    case ttlNotTold = "GS-128: does not send the duration of a registration"
    case namespaceUnlimited = "GS-132: accepts namespaces of any length"
    case discoversExpired = "GS-129: lists peers whose registration has expired"
    case unregisterIgnored = "GS-129: continues to list peers that unregistered"
    case unregisterAnswered = "GS-129: answers UNREGISTER"
    case refreshDoubles = "GS-129: lists a peer twice if it registers again"
    case ignoresCookie = "GS-130: lists registrations again that it sent with the cookie"
    case anyCookieTaken = "GS-132: accepts any cookie"
    case limitIgnored = "GS-130: lists more peers than the request asked for"
    // The client
    case cookieNotSaid = "GS-131: does not send the cookie of the last answer"
    case discoveredNotChecked = "GS-131: dials peers whose record is invalid"
}
