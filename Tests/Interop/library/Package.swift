// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "program",
    dependencies: [.package(url: "https://example.org/meshspec", from: "0.1.0")],
    targets: [
        .executableTarget(
            name: "program",
            dependencies: [
                .product(name: "Capture", package: "meshspec"), .product(name: "Nano", package: "meshspec"),
                .product(name: "RightMesh", package: "meshspec"),
            ])
    ])
