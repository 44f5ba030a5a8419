// The speed of the same operations in the npm package @noble/post-quantum, as kem.c prints ours.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../peers/package.json', import.meta.url));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { ml_kem768 } = await load('@noble/post-quantum/ml-kem.js');
const { ml_kem768_x25519 } = await load('@noble/post-quantum/hybrid.js');

function rate(run) {
  for (let i = 0; i < 20; i++) run();
  const start = process.hrtime.bigint();
  let n = 0;
  let spent = 0n;
  for (; spent < 300_000_000n; n++) {
    run();
    spent = process.hrtime.bigint() - start;
  }
  return Math.round((n * 1e9) / Number(spent));
}

for (const [name, kem] of [['mlkem768', ml_kem768], ['xwing', ml_kem768_x25519]]) {
  const { publicKey, secretKey } = kem.keygen();
  const { cipherText } = kem.encapsulate(publicKey);
  const figures = [
    ['keypair', () => kem.keygen()],
    ['encapsulate', () => kem.encapsulate(publicKey)],
    ['decapsulate', () => kem.decapsulate(cipherText, secretKey)],
  ];
  for (const [what, run] of figures)
    console.log(`noble ${name} ${what}`.padEnd(32), `${rate(run)}`.padStart(8), 'ops/s');
}
