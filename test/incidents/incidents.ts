import { agentOf, type Night, OPERATOR, SCHEDULER } from './night.ts';

export interface Incident {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** What is seen, and asked. */
  readonly question: string;
  readonly happen: (night: Night) => Promise<void> | void;
  /** Lines of `fleetbook`, which `--data FILE` is added to, each with what it tells. */
  readonly steps: readonly (readonly [line: string, told: string])[];
  /** Lines of a page. */
  readonly answer: readonly string[];
}

const HOST = [
  { class: 'VCPU', total: 32 },
  { class: 'MEMORY_MB', total: 131_072 },
];
const GPUS = [
  { class: 'VCPU', total: 32 },
  { class: 'CUSTOM_GPU', total: 2, units: ['gpu-0', 'gpu-1'] },
];

export const INCIDENTS: readonly Incident[] = [
  {
    name: 'doubled-charge',
    title: 'A doubled charge',
    question: 'Two hosts are charged for job-7, 16 VCPU each. Is the ledger counting it twice?',
    async happen(night) {
      night.host('host-1', HOST);
      night.host('host-2', HOST);
      night.run('job-7', 'host-1', { VCPU: 16 });
      night.move('live', 'job-7', ['host-1', 'host-2'], 'move-7');
      night.advance('host-2', 'job-7', 'move-7', 'prepared');
      night.advance('host-1', 'job-7', 'move-7', 'running');
      night.seconds(1_800);
      night.claim('job-8', 'host-2', { VCPU: 20 }, 'claim-job-8');
    },
    steps: [
      ['timeline instance job-7', 'One claim, and a move that began and has not ended.'],
      ['who host-2 VCPU', 'What counts on the second host is the side of the move, not a claim.'],
      ['explain claim-job-8', 'The refusal that started the alarm names the move as in the way.'],
    ],
    answer: [
      'It is charged twice on purpose: an open move holds room on both hosts until it ends. The move has',
      'stood at running for half an hour; its host says nothing. Ask that agent, and cancel the move if it',
      'is given up: then host-2 is free.',
    ],
  },
  {
    name: 'leaked-move',
    title: 'A leaked move',
    question: 'host-1 came back from repair, nothing runs there, and still it takes no jobs. What holds it?',
    happen(night) {
      night.host('host-1', HOST);
      night.host('host-2', HOST);
      night.run('job-3', 'host-1', { VCPU: 24 });
      night.ask(OPERATOR, { type: 'MarkNodeDown', node: 'host-1', reason: 'no answer', fenced: false }, 'down-1');
      night.move('evacuation', 'job-3', ['host-1', 'host-2'], 'evacuate-3');
      night.advance('host-2', 'job-3', 'evacuate-3', 'running');
      night.advance('host-2', 'job-3', 'evacuate-3', 'switched');
      night.ask(agentOf('host-2'), { type: 'ConfirmMove', instance: 'job-3', moveId: 'evacuate-3' }, 'up-3');
      night.seconds(3_600);
      night.ask(OPERATOR, { type: 'EnableNode', node: 'host-1' }, 'enable-1');
      night.claim('job-4', 'host-1', { VCPU: 16 }, 'claim-job-4');
    },
    steps: [
      ['who host-1', 'A side of the evacuation, left behind.'],
      ['timeline move evacuate-3', 'It completed without anybody knowing what became of the guest on the old host.'],
      ['why-not --node host-1 --resource VCPU=16', 'That side alone is in the way.'],
    ],
    answer: [
      'The host was never fenced, so that the guest may have gone on running there: the ledger keeps its',
      'charge. When the agent of host-1 says that it is gone, or an operator who has looked, it is freed',
      'with `fleetbook move drop`.',
    ],
  },
  {
    name: 'shrunken-inventory',
    title: 'A shrunken inventory',
    question: 'host-1 shows a headroom below zero. Since when, because of whom, and who is on it?',
    happen(night) {
      night.host('host-1', HOST);
      night.run('job-1', 'host-1', { VCPU: 16 });
      night.run('job-2', 'host-1', { VCPU: 8 });
      night.seconds(900);
      night.report(
        'host-1',
        2,
        [
          { class: 'VCPU', total: 20 },
          { class: 'MEMORY_MB', total: 131_072 },
        ],
        'report-host-1-2',
      );
      night.claim('job-5', 'host-1', { VCPU: 2 }, 'claim-job-5');
    },
    steps: [
      ["bisect 'headroom(host-1, VCPU) < 0'", 'The report of the host itself.'],
      ['diff 9 10 --node host-1', 'Twelve CPUs are gone, and the claims are not.'],
      ['who host-1 VCPU', 'Who has to go, or to wait until the CPUs are back.'],
    ],
    answer: [
      'The agent reported 20 CPUs instead of 32. What runs stays charged and nothing new is taken: a sum',
      'above capacity may only stay or fall. Ask the agent where its CPUs are.',
    ],
  },
  {
    name: 'stale-host-returned',
    title: 'A stale host that returned',
    question: 'An agent is refused again and again although it is the one that owns host-1. Why?',
    happen(night) {
      night.host('host-1', HOST);
      night.run('job-1', 'host-1', { VCPU: 8 });
      night.seconds(600);
      night.ask(agentOf('host-1'), { type: 'RegisterNode', node: 'host-1', bootId: 'host-1-boot-2' }, 'register-again');
      night.seconds(60);
      const old = { node: 'host-1', instance: 'job-1', claimId: 'claim-job-1', incarnation: 1 };
      night.ask(agentOf('host-1'), { type: 'DropInstance', ...old }, 'late-drop');
      night.ask(agentOf('host-1'), { type: 'RegisterNode', node: 'host-1', bootId: 'host-1-boot-1' }, 'late-register');
    },
    steps: [
      ['explain late-drop', 'It speaks for a start of the host that is over.'],
      ['timeline node host-1', 'The host was started again ten minutes before.'],
    ],
    answer: [
      'A process of the start before is still there, held up since, and acts on what it knew then. Its drop',
      'would have freed what runs now. It is refused by its incarnation; end that process.',
    ],
  },
  {
    name: 'race-for-the-last-gpu',
    title: 'A race for the last GPU',
    question:
      'Two schedulers wanted the last GPU within a millisecond. Who got it, and would the other one have had it?',
    happen(night) {
      night.host('gpu-1', GPUS);
      night.run('train-1', 'gpu-1', { CUSTOM_GPU: 1 });
      const claim = { type: 'ClaimInstance', node: 'gpu-1', request: { resources: { CUSTOM_GPU: 1 } } } as const;
      night.ask(SCHEDULER, { ...claim, instance: 'train-2' }, 'claim-train-2');
      night.ask({ role: 'scheduler', id: 'scheduler-2' }, { ...claim, instance: 'train-3' }, 'claim-train-3');
    },
    steps: [
      ['explain gpu-1 --node gpu-1', 'The decision by which the unit was given.'],
      ['explain claim-train-3', 'The one that came a millisecond later, and what it met.'],
      ['what-if --from command:claim-train-2 --drop-event 8', 'Without the first, the second would have had it.'],
    ],
    answer: ['The order of the log decides, and it has one. train-2 was first; nothing else spoke against train-3.'],
  },
  {
    name: 'failed-rollback',
    title: 'A failed rollback',
    question: 'The resize of db-1 failed and its rollback is refused. What is charged now, and what is legal?',
    happen(night) {
      night.host('host-1', HOST);
      night.host('host-2', HOST);
      night.run('db-1', 'host-1', { VCPU: 8 });
      night.move('resize', 'db-1', ['host-1', 'host-2'], 'resize-1');
      night.advance('host-2', 'db-1', 'resize-1', 'prepared');
      night.advance('host-1', 'db-1', 'resize-1', 'running');
      const failed = { instance: 'db-1', moveId: 'resize-1' };
      night.ask(agentOf('host-1'), { type: 'FailMove', ...failed, reason: 'disk copy broke off' }, 'fail-1');
      night.seconds(2);
      night.ask(agentOf('host-1'), { type: 'RevertMove', ...failed }, 'revert-1');
    },
    steps: [
      ['explain revert-1', 'The move had ended already.'],
      ['timeline move resize-1', 'What it went through.'],
      ['who host-2', 'What is still held where it was to go.'],
    ],
    answer: [
      'The failure itself was the rollback: a move that fails before it has switched ends, and the instance',
      'is where it was. There is nothing to revert. What the other host still holds waits for its agent.',
    ],
  },
  {
    name: 'expired-claim',
    title: 'An expired claim',
    question: 'The agent cannot confirm job-6, which the scheduler had claimed. Where is the claim?',
    happen(night) {
      night.host('host-1', HOST);
      const request = { resources: { VCPU: 4 } };
      const claim = { type: 'ClaimInstance', node: 'host-1', instance: 'job-6', request, ttlMs: 30_000 } as const;
      night.ask(SCHEDULER, claim, 'claim-job-6');
      night.seconds(95);
      night.due();
      night.seconds(5);
      const confirm = { type: 'ConfirmClaim', node: 'host-1', instance: 'job-6', claimId: 'claim-job-6' } as const;
      night.ask(agentOf('host-1'), confirm, 'confirm-job-6');
    },
    steps: [
      ['explain confirm-job-6', 'Nothing is held under this name any more.'],
      ['explain claim-job-6', 'It was made for 30 seconds, and time took it back.'],
    ],
    answer: [
      'The image took longer than the 30 seconds that the scheduler had given. Claim again, with a longer',
      '`--ttl`.',
    ],
  },
  {
    name: 'poisoned-report',
    title: 'A poisoned report',
    question:
      'Since some minutes every claim on host-2 is refused. What happened, and what would have happened without it?',
    happen(night) {
      night.host('host-2', HOST);
      night.run('job-1', 'host-2', { VCPU: 2 });
      night.seconds(300);
      night.report(
        'host-2',
        2,
        [
          { class: 'VCPU', total: 3 },
          { class: 'MEMORY_MB', total: 131 },
        ],
        'report-host-2-2',
      );
      for (const name of ['a', 'b', 'c', 'd']) {
        night.claim(`job-${name}`, 'host-2', { VCPU: 4, MEMORY_MB: 4_096 }, `claim-job-${name}`);
        night.seconds(10);
      }
    },
    steps: [
      ["bisect 'refused(NO_CAPACITY) > 2 per 1m'", 'When it became too many.'],
      [
        "bisect 'capacity(host-2, MEMORY_MB) < 1000'",
        'Before that, a report with gigabytes where there should be megabytes.',
      ],
      ['what-if --from command:report-host-2-2 --drop-event 8', 'Without that report all four would run.'],
    ],
    answer: [
      'A new version of the agent divided by a thousand. Nothing is lost: let it report again, and send the',
      'claims again under new ids.',
    ],
  },
  {
    name: 'fail-over-in-the-middle',
    title: 'A fail-over in the middle',
    question: 'The tracker died while job-9 was being claimed. Was it claimed once, twice, or not at all?',
    async happen(night) {
      night.host('host-1', HOST);
      night.claim('job-9', 'host-1', { VCPU: 6 }, 'claim-job-9');
      night.seconds(8);
      await night.writer.elect('tracker-2');
      night.seconds(1);
      night.claim('job-10', 'host-1', { VCPU: 6 }, 'claim-job-10');
    },
    steps: [
      ["bisect 'events(WriterElected) >= 2'", 'When the second tracker took over.'],
      ['timeline command claim-job-9', 'All that the log has of the command.'],
      ['who host-1 VCPU', 'What came of it.'],
    ],
    answer: [
      'Once: it was durable before the tracker died, and the second tracker had folded it before it decided',
      'anything. A repeat under the same id gets the answer that was recorded.',
    ],
  },
  {
    name: 'wrong-operator-drop',
    title: 'A wrong operator drop',
    question: 'db-1 runs and the ledger says that it has ended. Who did that, and what did it cost?',
    happen(night) {
      night.host('host-1', HOST);
      night.run('db-1', 'host-1', { VCPU: 24 });
      night.run('db-10', 'host-1', { VCPU: 4 });
      night.seconds(400);
      const drop = { type: 'ForceDrop', node: 'host-1', instance: 'db-1', claimId: 'claim-db-1' } as const;
      night.ask(OPERATOR, { ...drop, reason: 'clean up db-10' }, 'force-1');
      night.seconds(20);
      night.run('job-11', 'host-1', { VCPU: 20 });
    },
    steps: [
      ['timeline instance db-1', 'An operator dropped it, with force.'],
      ['explain force-1', 'Who, from where, and on which state.'],
      ['what-if --from command:force-1 --drop-event 10', 'What would not have been given away.'],
    ],
    answer: [
      'mira meant db-10. The host now holds more than the ledger counts. Take the guest in again under a',
      'new id with `fleetbook adopt`: it is charged as a fact, above the capacity if need be, and job-11',
      'has to move.',
    ],
  },
];
