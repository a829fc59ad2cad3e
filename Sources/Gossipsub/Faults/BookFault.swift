import Node

/// A fault in the order books of a node, one at a time. The text after the colon describes it.
enum BookFault: String, SeededFault {
    static let named = byName()

    // Orders
    case acceptsUnsignedOrder = "GS-112: accepts Orders without a signature"
    case orderSignatureNotChecked = "GS-112: does not check the signatures of Orders"
    case otherMarketTaken = "GS-112: accepts Orders of another market than the topic"
    case anyFormTaken = "GS-112: accepts Orders in any encoding, and with unknown fields"
    case anyNumberTaken = "GS-112: accepts any text as a price or an amount"
    case staleOrderWins = "GS-114: keeps the last Order that it receives, whatever its version"
    case firstOfVersionWins = "GS-114: keeps the first of two Orders of the same version"
    case forgetsGone = "GS-115: forgets an order as soon as it is gone"
    // Answering requests for snapshots
    case answerNotEnded = "GS-116: does not end the stream after the last part"
    case otherMarketReset = "GS-118: resets the stream of a request for a market that it does not have"
    case unreadableAnswered = "GS-119: answers requests that it cannot decode"
    case unknownRequestRefused = "GS-119: rejects requests with unknown fields"
    case answersUnlimited = "GS-120: answers any number of requests"
    // Requesting snapshots
    case takesNoSnapshot = "GS-121: requests no snapshot when it subscribes"
    case asksOne = "GS-121: asks only one peer for a snapshot"
    case asksAll = "GS-121: asks all peers for a snapshot"
    case asksSamePeersAgain = "GS-121: asks the same peers for each snapshot"
    case failureNotReplaced = "GS-122: asks no other peer when a peer fails"
    case silentNotTimedOut = "GS-122: waits for a silent peer forever"
    case liarBelieved = "GS-122: continues after an invalid Order in a snapshot"
    case failedPartDropped = "GS-123: drops all Orders of a part that has an invalid Order"
    case asksAtOnce = "GS-124: requests a snapshot on every command"
    case liarAskedAgain = "GS-124: asks a peer again that sent an invalid Order"
    // Fills
    case takerSignatureNotChecked = "GS-158: does not check the taker's signature of a Fill"
    case makerSignatureNotChecked = "GS-158: does not check the maker's signature of a Fill"
    case fillOfOtherMarketTaken = "GS-158: accepts Fills of another market than the topic"
    case fillsNotCounted = "GS-159: does not reduce orders by their Fills"
    case fillCountedAgain = "GS-160: counts a Fill again that it knows, and passes it on again"
    case firstOfFillsWins = "GS-160: keeps the first of two Fills of the same maker, taker and id"
    case unknownFillDropped = "GS-161: drops a Fill if it does not know the maker's order"
    case fillOfAnyVersion = "GS-161: reduces orders by Fills of other versions"
    case signsTooMuch = "GS-162: signs offers for more than its order has left"
    case signsAnyOffer = "GS-162: signs every offer for an order of its own"
    case signsNoOffer = "GS-162: signs no offers"
    case signsOldVersion = "GS-163: signs offers for older versions of its order"
    case offersTwice = "GS-164: offers an amount again that an open offer has already promised"
    case lateFillIgnored = "GS-164: does not subtract a late Fill from its order"
    case fillsNotInSnapshot = "GS-165: sends snapshots without Fills"
    case snapshotFillsIgnored = "GS-165: ignores the Fills of snapshots"
    case offerInSnapshotTaken = "GS-165: accepts offers in snapshots"
}
