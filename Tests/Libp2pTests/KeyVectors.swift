import Wire

@testable import Libp2p

/// Keys, and their signatures of `message`, created with Python's cryptography 48.0.0 (OpenSSL 3.5). ECDSA is
/// deterministic there (RFC 6979). A signature on secp256k1 has two forms; `signature` is the one with the smaller
/// number. The ECDSA and secp256k1 keys are from the specification (libp2p specs, peer-ids, test vectors).
enum KeyVectors {
    static let message = Array("meshspec signs this".utf8)
    static let rsa = KeyVector(
        privateKey: """
            080012a809308204a40201000282010100c48cb10664fc4666e5891aa324e4c3c48d8faee5849f6473ac4527d2ece9fa\
            28cea5d5bc6391827b8abeb8a0dfb1b45e0b8ce8dc17de351412125f3daf0ca87325f0d682baa5239f30640b1c77fba8\
            09e222d3ac12f65ce34ae0aae8054f742fa552f9f117b6853e5449ded2bf2103d262ec8080552227856d8b2e2df99fbc\
            aabb8fd2bc2fc1d4ee2b70bbf2fcf8ef2e1b0f3bdf3b8c31e528bac4215c72d412debe990f5884de8de938450be42f53\
            366b635470ebbe0e1a02852d24033ae32e27a939ea99b47e402e5647c6b7c169339c9fc9c0bcf2dfdb3bdd030416294c\
            6592b583f392aed932cbf6df2ea4101b72211f9aebce0c4a33f523ad077fa79f95020301000102820100157e270b8276\
            7dc259be4cdde3366adbeef8f3d0a05887b50875057e50aee34e9c0e515988efcbfb7378189b6aeab545057152b3629e\
            c7621af9cc5563f377e623937af98fac68414b9add062f6ea2f8f5b4063e8e524765097698e9c74ee16f265e74fb72b2\
            e04e290c6ce3d1c7abf1d1247886d0086c96f01c24a01d6864ca7ba92f12d40e2b42e5a9420f36493888ff4764ef12e2\
            6d13a70f68335c6b575f341eca53f74e821694aa4064148a069b1c0dbf49539d45906a0160abd461cd5d9668e2cc2798\
            7558821ae6be16153172319e25879668f20dbbc5f622946eb0bd508aa9c16a232b09dfdd58c020001555311e2bb712fc\
            852a8aa2ccee731f999f02818100e330a0e9434b4af293451b5e3eb94dee7ea4d28f86340cec22d22db6c2e7caaecf83\
            136a090203975d4187e36e97738a3ea9ddfd017ab6ca09a236aa3bda6047c9fdfb88360eb5b54da67f85ed2407ada746\
            a4dfecda7d3aa601c99aecafcb6f5c6737bcb79ab8c1b6454200398f29329ed4fa34912cf97c43b8c8d3cbd664ef0281\
            8100dd795ecc140f8ab6752ce7c68b78f3ab2d056fabc5146ad779b763ae92f1f9f51ba562a5a9ba35bf2b40ce540f6c\
            dc0abe0bb32d59acfb570f7cef6538130ec5b96741fda3ccc206432cbe0e12a34192fe9b19597baefd5060db2c88183a\
            ae4f73f1cdaf5df13cf6cb74c202ef06240d600e9f07319946ffc03ad7de77e46bbb02818100c175c4603e049c82a9f3\
            9c1589f603adc63c166d4f4b7d818b394ce22760785099b6354f02f2ab1a36b839bdea8b9f40a691c1cdd377aab5aab4\
            6e365217680b59af2484ddfb72b23bb83f394d31743464901c8fee423387409b9f1084e241aac795c179bb234e96edde\
            561098f31692db7be2bfe6abd49b039413b77f09471302818100c7fa57869e768a21c61c0e0c50d39df1ea6d06306b7b\
            cc1d54622b37eea75fb3da8ab35032b958de8d07af4667c73bc8d761692081e097f23ca1eae7d28222cc96648e49a025\
            baec3caba1d0c333767a6c3b4fe064b5d53546bfa0ae22729a025406fa5a66d0f4e34342e20c1417cf65e45e4f6a0777\
            078cd6de4b1d2dd4ab110281806f9d77700fed81f4fbb4c1d74c04be7043292a4e4a55271d2529a2aa6ed928abb5bfff\
            0bf5b0f612ce50fc23d7fa268add9642360a7f7039341046eb80fa3640c8c0036ae2f1cddf92d355177097ab60c2ec64\
            20d41af7c3e56d9a85c1ac373b40ca8c74fcf8218725a59a9a9b90425593a15c2333eab0d586f3f48d2d3734a4
            """,
        publicKey: """
            080012a60230820122300d06092a864886f70d01010105000382010f003082010a0282010100c48cb10664fc4666e589\
            1aa324e4c3c48d8faee5849f6473ac4527d2ece9fa28cea5d5bc6391827b8abeb8a0dfb1b45e0b8ce8dc17de35141212\
            5f3daf0ca87325f0d682baa5239f30640b1c77fba809e222d3ac12f65ce34ae0aae8054f742fa552f9f117b6853e5449\
            ded2bf2103d262ec8080552227856d8b2e2df99fbcaabb8fd2bc2fc1d4ee2b70bbf2fcf8ef2e1b0f3bdf3b8c31e528ba\
            c4215c72d412debe990f5884de8de938450be42f53366b635470ebbe0e1a02852d24033ae32e27a939ea99b47e402e56\
            47c6b7c169339c9fc9c0bcf2dfdb3bdd030416294c6592b583f392aed932cbf6df2ea4101b72211f9aebce0c4a33f523\
            ad077fa79f950203010001
            """,
        signature: """
            382b98d061db521d281ebbcfdfa9d1422465c80c3df4e5244deda0ae1924d0b59c9b3fd7fc428c679a690ce679e294b6\
            b6c74a72ac4e8e5bb86ad50ff520b0adeac117d7df51864fa0588a43f85ccf423cc81c036ba9577abb07026d69ab406c\
            b16fe92eeebf11c83a57830d8948801ff73559e9e58ba7cf71db9c43a9f2dad37fc2a1455c9e41683df2e754b2540ca9\
            94930982bf4c2d67853f33305b293da058c69b7503e608efaed946a3486c09dd895eccbc7819a0008fa5c9e78ad3ea51\
            e5c0792754ad7c3a64eb504ab757268c3424f4328f7aa22dd0fdf57de649ac6cf3155f08aeaadd09f9909a80a0296291\
            7dafa4bcbc57fe5155fdd68cde9061e1
            """)
    static let ecdsa = KeyVector(
        privateKey: """
            08031279307702010104203e5b1fe9712e6c314942a750bd67485de3c1efe85b1bfb520ae8f9ae3dfa4a4ca00a06082a\
            8648ce3d030107a14403420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f\
            8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e62
            """,
        publicKey: """
            0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44\
            abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e62
            """,
        signature: """
            3046022100e3970fb7a2375a76fb30ad479c8c4778851fb81c249784bdbe3ac1d1f3196d2a022100f25843bd278c8bac\
            5b85e872f95adf1112a9fc9e31a874849e1566d0803ecf2f
            """)
    static let secp256k1 = KeyVector(
        privateKey: "0802122053dadf1d5a164d6b4acdb15e24aa4c5b1d3461bdbd42abedb0a4404d56ced8fb",
        publicKey: "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99",
        signature: """
            3045022100de6e7d4c1abf617f9487e67727171b28f645da9810562f7c31f4c7633dcd349902201aed3364f905943030\
            d4d1bc39bf9d4289459ec5dca21709b624643271bb9c79
            """)
    static let all = [rsa, ecdsa, secp256k1]
    /// The other form of the signature of `secp256k1`.
    static let highSignature = hex(
        """
        3046022100de6e7d4c1abf617f9487e67727171b28f645da9810562f7c31f4c7633dcd3499022100e512cc9b06fa6bcf\
        cf2b2e43c64062bc31693e20d2a6893209adfa5a5e7aa4c8
        """)
    /// Pairs of a SubjectPublicKeyInfo and a signature, on curves that go-libp2p reads too, and with a short RSA key.
    static let others: [(type: KeyType, publicKey: [UInt8], signature: [UInt8])] = [
        (
            .ecdsa,
            hex(
                """
                304e301006072a8648ce3d020106052b81040021033a0004f0acb5dd81aa7f02762af099eb91ba2c001798a9153ae19b\
                2c14a241394c392cd53ce4e9f7ab07a885a1a6859e9810f9b6aafe117f39999a
                """),
            hex(
                """
                303d021d00fb1d6b35a680300268a78588b6338bddeac969308fd4816fe8645b19021c6bd9a6f1ce50c39c2c159c53d4\
                26184372b5c94e31229d0bcc13bb7c
                """)
        ),
        (
            .ecdsa,
            hex(
                """
                3076301006072a8648ce3d020106052b810400220362000491e0220aaec39109df19746c21a19a43cd282c1ec9b7bb92\
                8c4c645f8ab08a4e4362a32ea52b4bc3d3dd1b82d9e91bf1f7e2233c760905861d354555f6c2448df0f8265590c1d3fe\
                231062f92873998c16133d82f3d908f642a7c4e120b6059e
                """),
            hex(
                """
                306402301c0cd3e7c4cbd5c18881fa5d31b2dca1636a0affc05de6c15c02590f52d1070eab364399cfde3e5be909a48a\
                98833b5b02300d819b74df55b3fd50786e3b6cb9b192b0e0d7a3a8383bc99d4a3b33e4d0cfec8ed6d0d506faddcdbbdf\
                f9ca9ce4f8a2
                """)
        ),
        (
            .ecdsa,
            hex(
                """
                30819b301006072a8648ce3d020106052b81040023038186000400c17731e151dc6fd594ce295537c47756331e087d17\
                a12c5b294b27f09d8af9e66c4c3b35dc9b13bfb4a6b3abdbbc260dcd6b814d9f232daf93206367a6c8df88df0190959c\
                4a8675bf3d19cfd1346e6e9dcdcde35e1fa2d1583dd21eafda6fc316c7f88d7f7d3c47c62fbbb3b9976d8c4146748a2c\
                fc08614cf4117ceeafe47d83a987
                """),
            hex(
                """
                308187024201fafb7bdc97f7b15020ae5194017d6447f88f138a9a84fcbdab577522ada4e44033537c6a0ff91969d79f\
                511ebb9a288f7efd7fcc2710964063b7f0abc6ced3944d0241221ef2bc94745b42f5269629d011ff9db4c0562b2cc60f\
                1971c29a364d1d9243d58114aa9f3eb430b50cf539eab27611964047c4bff767c45ff647aafa7fc3b8c2
                """)
        ),
        (
            .rsa,
            hex(
                """
                30819f300d06092a864886f70d010101050003818d0030818902818100d3f81ad1ef3ab2202ae2cc682a2b00047c7a35\
                d03238a4894be0cf0e9b0dbbd25b8b53a4dcfe7c51baa49ae96aee79597e236f220f782089abc952555fa8aa9f79ce2b\
                8433165f29a58942f717a563d6c8396e5c7e477dfa65dc3157025be87c403da2adff69462c6febacd401234ae8ff5ca9\
                b9ba33c0b9deefe16e749848bd0203010001
                """),
            hex(
                """
                2b8bb2e2a822f7388853dfb5e756015c60525138dc9a5b57735185420b8f1935adb2c871da278c5aac3e6382cfbbeda0\
                48a23bb2c43255b9575ead4ffce7d5043ff615259a7756a5f47499b242df2b0dbbc2d60a83c91d2aae4b720b4268a032\
                b86fef0724536d220527c283d2fb4d2761fbe24ef55542781150b15b19cc5810
                """)
        ),
    ]
}

/// A key pair and a signature, serialized as the specification requires.
struct KeyVector {
    let privateKey, publicKey, signature: [UInt8]
    init(privateKey: String, publicKey: String, signature: String) {
        (self.privateKey, self.publicKey, self.signature) = (hex(privateKey), hex(publicKey), hex(signature))
    }
}
