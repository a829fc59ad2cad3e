import Node

/// A fault that a node can have, one at a time: each is a small, likely mistake of an implementer. What each breaks stands
/// in the files beside this one, by chapter.
enum Misbehaviour: String, CaseIterable, Sendable {
    // What is taken and refused by the header of a datagram
    case acceptsMagic, acceptsVersion, acceptsTrailingBytes, acceptsMissingBytes, accepts8001, refuses8000,
        acceptsFragIndex, acceptsNoFragments, acceptsEmptyFragment, accepts16385Fragments, refuses16384Fragments,
        acceptsLongBody, refusesLongestBody, acceptsBootZero, acceptsMsgidZero, acceptsHopLimitZero, acceptsSourceZero,
        acceptsOwnSource, acceptsAnyDestination, acceptsAckToNobody, acceptsFindToNobody, takesAnyBroadcast,
        refusesNobody, refusesBroadcast, broadcastByWholeByte, refusesHeaderFlags, refusesReserved, refusesHopLimit,
        refusesUnknownRole, refusesAckID
    // What is taken and refused by sections and records
    case acceptsTrailingSection, acceptsSectionZero, acceptsUnorderedSections, acceptsDoubleSection,
        acceptsShortRecords, acceptsShortRecordsWhenEmpty, acceptsCritical, acceptsCritical128, refusesSection127,
        refusesUnknownSection, refusesSectionFlags, snapshotByWholeByte, refusesRecordFlags, refusesLongRecords,
        refusesOtherSections, acceptsNoMandatory, acceptsFindWithoutRecords, acceptsSignatureFirst,
        acceptsSignatureCount, acceptsShortSignature, refusesSignature, refusesLongSignature, signatureByNumber,
        refuses65536Records, accepts65537Records, countsUnknownRecords
    // Splitting and rejoining
    case oversize, noSplit, wrongCRC, ignoreCRC, appliesHalf, acceptConflict, stalePerType, staleBeforeDone,
        bootFromOneDatagram, findKeyEndpoint, answersMalformed, takesOldBoot, oldBootEarly, oldBootLate,
        seriesOutlivesBoot, keepsOpenOfOldBoot, refusesNewBoot, doneLate, takesStale, staleBySource,
        seriesWithoutDestination, serialAsNumber, mixesFragCount, mixesBodyLen, mixesBodyCRC, mixesAckID, mixesDst,
        comparesFlags, comparesRole, comparesHopLimit, roleOfFirst, keepsInconsistent, keepsConflict, dropsOnDup,
        keepsOverrun, overrunLate, acceptsShorter, keepsCRC, crcIsDone, malformedIsDone, malformedSetsSeries,
        malformedChangesBoot, keepsSuperseded, supersedesNewer, supersedesTypes, supersedesDestinations, timeoutEarly,
        timeoutLate, timeoutRestarts, keyWithoutAddress, keyWithoutSource, keyWithoutBoot, keyWithoutType,
        keyWithoutMsgid, threeOfSource, fiveOfSource, fourOfSourceAnywhere, evictsNewest, evictIsFull, placeForSingle,
        leaksComplete, leaksTimeout, leaksDropped, leaksMemory
    case sixtyThreeOfEndpoint = "63-of-endpoint"
    case sixtyFiveOfEndpoint = "65-of-endpoint"
    // Routes, ages and removals
    case acceptsHopZero, neverExpires, resetsAge, superpeersInRoutes, hopNotAdded, hop15Taken, hop14Refused,
        hopAbove15Skipped, zeroIDTaken, hopZeroListed, superpeerHopZeroTaken, takesItself, takesSourceRecord,
        equalReplaces, equalNeverReplaces, equalThoughOlder, equalAtLife, longerReplaces, shorterIgnored, worseIgnored,
        foreignWithdrawal, withdrawalOfNeighbour, withdrawnIgnored, withdrawnTaken, hop15Ignored, oldAgeIgnored,
        snapshotRemovesAll, snapshotRemovesNothing, listRemoves, snapshotRemovesSender, ageLimitOfNeighbour,
        takesAgeZero, sendsAgeZero, ageRoundedDown, holdEarly, holdLate, lifeFlat, keepsOrphans, findRefreshes,
        repetitionRefreshes, roleLost
    // Lists of peers and superpeers, greetings and reports
    case noSplitHorizon, infoAckListsAll, infoAckSnapshot, sendsHopZero, oneHelloThread, listsReceiver,
        listsThroughReceiver, broadcastWithHorizon, broadcastToSuperpeers, broadcastToAskerTwice, broadcastToNobody,
        broadcastWithoutFlag, broadcastOtherBytes, superpeerBroadcasts, helloNoSnapshot, helloAckNoSnapshot,
        infoNoSnapshot, superpeersSelfLast, superpeersSelfMissing, superpeersOwnHop, superpeersAlone,
        superpeersMissing, phoneSendsSuperpeers, superpeersUnmapped, superpeersLeftAligned, superpeersPortSwapped,
        superpeersPortReadSwapped, superpeersStandardPort, superpeersFromNowhere, superpeersOfPhones,
        ignoresPhonePeers, superpeersInPeers, neverGreetsLearned, helloEarly, helloLate, infoEarly, infoLate,
        infoAckFirstOnly, infoAckHorizon, infoAckByRequester, infoAckNeverTracked, infoAckInRoutes, infoAckRemoves,
        considersAgain, neverChooses
    // Headers, repetitions and answers
    case msgidZero, answersBeforeApplying, noRetransmission, newBodyOnRetransmission, conflictingDuplicate, ackStorm,
        answersTwice, ackIDZero, ackIDOwn, answerToNobody, headerRoleUnset, headerHopLimit, findHopLimit,
        bootOfMessage, bootZero, msgidByType, msgidStays, msgidOfRequest, msgidFromZero, requestAckID, rtoEarly,
        rtoLate, sendsTwice, sendsFourTimes, resendsFirstDatagram, resendsNewNumber, resendsAnswered, answeredByAnyone,
        answeredByAnyType, appliesUnasked, neverRepeats, repeatsToFirst, repeatsAnew, repeatsFirstDatagram,
        repeatsAfterRto, repeatsOften, repeatsForFirstFragment, repeatsBroadcast, answersEarly, answersLate,
        retriesSame, neverLeaves, picksFirst
    // FIND, relays, subscriptions and pushes
    case relayKeepsHoplimit, findsOffline, withdrawsTwice, findsFirstOnly, findsNotItself, findOwnHop, findAckSnapshot,
        findHopAdded, findAnsweredHome, ownHopLimitRefused, relaysLastHop, relayRefusesTwo, relayTakesTwo,
        relaySaysRole, relayClearsReserved, relayReturns, relaysAckByRoute, wayBackEarly, wayBackLate,
        wayBackFromFirst, wayBackOnce, wayBackBySource, relaysHello, relaysWait, subscriptionEarly, subscriptionLate,
        subscriptionNotRenewed, subscribesAlways, forgetIgnored, forgetForAll, forgetsAll, bothFlagsSubscribe,
        subscriptionOutlivesRequester, pushToRequester, pushOfAll, pushOnlyGone, pushWithoutWithdrawn, pushSnapshot,
        pushPerRequester, pushOfUpdates, pushOnce, pushUnanswered, pushAnsweredWithRecords, pushInRoutes, pushBack,
        pushKept, pushToAll, pushWayEarly, findFromZeroPort
}

extension Misbehaviour {
    /// As in `--bug name`.
    var name: String { Bug.name(ofCase: rawValue, splitsNumbers: true) }
    /// The fault of each name.
    static let named = Dictionary(allCases.map { ($0.name, $0) }) { first, _ in first }
}
