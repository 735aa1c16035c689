import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { debianSources, parseDeb822, parseOneLine } from "./apt-sources.ts";

const deb822 = `Types: deb deb-src
# http://mirror.example/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian
  http://second.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://vendor.example/node_20.x
Suites: nodistro
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
`;

describe("the machine's Debian sources", () => {
  it("are read from deb822 files, without security, vendors and what is switched off", () => {
    const signedBy = "/usr/share/keyrings/debian-archive-keyring.gpg";
    expect(parseDeb822(deb822)).toEqual([
      { uri: "http://mirror.example/debian", signedBy },
      { uri: "http://second.example/debian", signedBy },
    ]);
  });

  it("ignore a key that stands in the file itself", () => {
    const text =
      "Types: deb\nURIs: http://a.example/debian\nSuites: sid\nComponents: main\nSigned-By:\n -----BEGIN\n .\n";
    expect(parseDeb822(text)).toEqual([{ uri: "http://a.example/debian", signedBy: undefined }]);
  });

  it("are read from one-line files", () => {
    const text = `# deb http://comment.example/debian bookworm main
deb-src http://a.example/debian bookworm main
deb http://a.example/debian bookworm contrib # main
deb [arch=amd64 signed-by=/k.gpg] mirror+file:/etc/apt/mirrors/debian.list bookworm main contrib
deb http://archive.example/ubuntu noble main`;
    expect(parseOneLine(text)).toEqual([{ uri: "mirror+file:/etc/apt/mirrors/debian.list", signedBy: "/k.gpg" }]);
  });

  it("are collected over all files, each archive once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "apt-"));
    await mkdir(join(folder, "sources.list.d"));
    await writeFile(join(folder, "sources.list"), "deb http://mirror.example/debian bookworm main\n");
    await writeFile(join(folder, "sources.list.d", "debian.sources"), deb822);
    await writeFile(join(folder, "sources.list.d", "old.list.disabled"), "deb http://no.example/debian sid main\n");
    const uris = (await debianSources(folder)).map(({ uri }) => uri);
    await rm(folder, { recursive: true });
    expect(uris).toEqual(["http://mirror.example/debian", "http://second.example/debian"]);
  });

  it("are none where apt is not", async () => {
    expect(await debianSources("/does/not/exist")).toEqual([]);
  });
});
