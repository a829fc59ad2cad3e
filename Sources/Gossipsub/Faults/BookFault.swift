import Node

/// A fault in the order books of a node, one at a time. The text after the colon describes it.
enum BookFault: String, SeededFault {
    static let named = byName()

    // Orders
    case acceptsUnsignedOrder = "GS-112: takes Orders without a signature"
    case orderSignatureNotChecked = "GS-112: does not look whether the signature of an Order is right"
    case otherMarketTaken = "GS-112: takes Orders of another market than the topic"
    case anyFormTaken = "GS-112: takes Orders in any form, and with fields that nobody knows"
    case anyNumberTaken = "GS-112: takes anything for a price or an amount"
    case knownForwarded = "GS-113: forwards Orders that it knows"
    case staleOrderWins = "GS-114: the Order that comes last counts, whatever its version"
    case firstOfVersionWins = "GS-114: of two Orders of the same version the one that came first counts"
    case forgetsGone = "GS-115: forgets an order as soon as it is gone"
    case keepsGone = "GS-115: never forgets an order that is gone"
    // Answering requests for snapshots
    case goneNotServed = "GS-116: leaves what is gone out of snapshots"
    case halfServed = "GS-116: gives half of the book"
    case snapshotWithoutLast = "GS-116: says of no part that it is the last"
    case answerNotEnded = "GS-116: does not end the stream behind the last part"
    case partsTooLarge = "GS-117: gives all in one part, however large"
    case servesUnsubscribedMarket = "GS-118: goes on giving snapshots of a market that it left"
    case otherMarketReset = "GS-118: resets requests for markets that it does not have"
    case unreadableAnswered = "GS-119: answers requests that cannot be read"
    case unknownRequestRefused = "GS-119: refuses requests with fields that it does not know"
    case answersUnlimited = "GS-120: answers any number of requests"
    // Requesting snapshots
    case takesNoSnapshot = "GS-121: takes no snapshot when it subscribes"
    case asksOne = "GS-121: asks one peer, however many there are"
    case asksAll = "GS-121: asks all peers"
    case asksSamePeersAgain = "GS-121: asks the same peers for each snapshot"
    case failureNotReplaced = "GS-122: asks nobody else when a peer fails"
    case silentNotTimedOut = "GS-122: waits for a silent peer for ever"
    case liarBelieved = "GS-122: minds no Orders that are not valid in a snapshot"
    case believesStaleSnapshot = "GS-123: Orders of a snapshot count whatever their version"
    case failedPartDropped = "GS-123: drops all that came in a part with an Order that is not valid"
    case asksAtOnce = "GS-124: takes snapshots as often as it is told to"
    case liarAskedAgain = "GS-124: asks a peer again that sent an Order that is not valid"
}
