import { describe } from 'vitest';
import { contract, startOwnServer } from './contract.ts';
import { hasMoto, MOTO, startMoto } from './moto.ts';

describe('our own server', () => {
  contract(startOwnServer, {});
});

describe.skipIf(!hasMoto())(MOTO, () => {
  contract(startMoto, {
    acceptsInactiveKeys: true,
    hasNoTrail: true,
    hasNoServiceCredentials: true,
    updatesAnybodysKey: true,
  });
});
