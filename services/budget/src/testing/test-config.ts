/** Configuration text of a budget service that keeps its data in `folder` and listens on free ports. */
export const testConfig = (folder: string) => `
router: { baselineModel: large }
dataDirectory: ${JSON.stringify(folder)}
budget:
  listen: 127.0.0.1:0
  adminListen: 127.0.0.1:0
  tiers:
    small: { tenant: { tokensPerDay: 1000 }, user: { tokensPerDay: 500 } }
  tenants:
    globex: { tenant: { tokensPerDay: 5000, usdPerDay: 2.5 } }
anonymous: { budgetTier: small }
apiKeys: []
providers:
  maker: { baseUrl: "https://maker.example/v1", keys: [{ env: MAKER_KEY }] }
models:
  - { id: large, providers: [maker], tier: premium, contextWindow: 8000, maxOutputTokens: 1000, prices: { input: 1, output: 2 } }
`;
