import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './checks.ts';

const right = {
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: '{"street":"a","city":"b","count":3}',
};

test('a right response is right, by its exact body or by its shape', () => {
  assert.equal(judge(right, undefined), 'right');
  assert.equal(judge(right, right.body), 'right');
});

test('no response is an error, and each wrong part of one has its name', () => {
  assert.equal(judge({ status: 0, headers: {}, body: null }, undefined), 'errored');
  assert.equal(judge({ ...right, status: 503 }, undefined), 'wrong-status');
  assert.equal(judge({ ...right, status: 503 }, undefined, true), 'shed');
  assert.equal(judge({ ...right, status: 500 }, undefined, true), 'wrong-status');
  assert.equal(judge({ ...right, headers: {} }, undefined), 'wrong-content-type');
  assert.equal(
    judge({ ...right, headers: { 'Content-Type': 'application/jsonp' } }, undefined),
    'wrong-content-type',
  );
  assert.equal(judge({ ...right, body: null }, undefined), 'wrong-body');
  assert.equal(judge(right, `${right.body} `), 'wrong-body');
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '{"street":"a","city":"b"}',
    '{"street":1,"city":"b","count":3}',
  ]) {
    assert.equal(judge({ ...right, body }, undefined), 'wrong-body', body);
  }
});
