import Testing

@testable import Kademlia
