const { Kafka, logLevel } = require('kafkajs')

const kafka = new Kafka({ brokers: [process.argv[2] || 'localhost:9092'], logLevel: logLevel.ERROR })

async function main() {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'snippets-node', messages: [{ key: 'key', value: 'hello from Node' }] }) // on disk
  await producer.disconnect()

  const consumer = kafka.consumer({ groupId: 'snippets-node' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'snippets-node', fromBeginning: true })
  await new Promise((found) => consumer.run({
    eachMessage: async ({ message }) => { console.log(message.value.toString()); found() },
  }))
  await consumer.disconnect()
}

main().catch((failure) => { console.error(failure.message); process.exit(1) })
