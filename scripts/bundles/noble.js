// What the verify page takes of the two libraries. A plain script also loads from a folder, which a module does not.
/*! noble-hashes - MIT License (c) 2022 Paul Miller (paulmillr.com) */
import { hashes, verify } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;
export { sha256, verify };
